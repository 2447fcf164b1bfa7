//! The door for bytes: what it finds, where, in which order, and what it suggests.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use cloudlx_model::{CreateCustomer, RealmId};
use cloudlx_validate::{MOST_VIOLATIONS, Rule, Violations, from_json, validate};
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../cloudlx-model/samples/create-customer.request.json");

fn page() -> Value {
    serde_json::from_str(PAGE).unwrap()
}

/// The page's request with `field` set to `value`.
fn with(field: &str, value: Value) -> String {
    let mut document = page();
    document[field] = value;
    document.to_string()
}

fn violations(document: &str) -> Violations {
    from_json(document.as_bytes()).expect_err(document)
}

fn found(violations: &Violations) -> Vec<(&str, Rule)> {
    violations.iter().map(|violation| (violation.pointer.as_str(), violation.rule)).collect()
}

fn suggestion(document: &str) -> Option<String> {
    let violations = violations(document);
    assert_eq!(violations.as_slice().len(), 1, "{violations}");
    violations.into_iter().next().unwrap().suggestion
}

#[test]
fn the_pages_request_is_valid() {
    let request = from_json(PAGE.as_bytes()).unwrap();
    assert_eq!(request.realms, [RealmId(1), RealmId(2), RealmId(7)]);
}

#[test]
fn the_least_request_is_valid() {
    from_json(br#"{"name":"A","currency_iso":"EUR","country_iso":"HR","realms":[]}"#).unwrap();
}

#[test]
fn suggestions_that_a_person_would_make() {
    for (field, written, meant) in [
        ("currency_iso", "GB", "GBP"),
        ("currency_iso", "gbp", "GBP"),
        ("currency_iso", "HRK", "EUR"),
        ("currency_iso", "BGN", "EUR"),
        ("currency_iso", "ANG", "XCG"),
        ("country_iso", "UK", "GB"),
        ("country_iso", "GBR", "GB"),
        ("email", " j.smith@example.com", "j.smith@example.com"),
        ("name", "Example\tCompany\r\n", "Example Company"),
    ] {
        assert_eq!(suggestion(&with(field, json!(written))).as_deref(), Some(meant), "{field}: {written}");
    }
    assert_eq!(
        suggestion(&with("enabled_sub_realms", json!([313, 400]))).as_deref(),
        Some("add 400 to shown_sub_realms")
    );
}

#[test]
fn a_mistyped_field_is_told_its_name() {
    for (written, meant) in [
        ("currency_is0", Some("currency_iso")),
        ("currencyIso", Some("currency_iso")),
        ("Country-ISO", Some("country_iso")),
        ("realm", Some("realms")),
        ("mail", Some("email")),
        ("name_", Some("name")),
        ("ROLEGROUP", Some("role_group")),
        ("currency", Some("currency_iso")),
        ("colour", None),
    ] {
        let mut document = page();
        let fields = document.as_object_mut().unwrap();
        if let Some(meant) = meant {
            fields.remove(meant);
        }
        fields.insert(written.to_owned(), json!("x"));
        let violations = violations(&document.to_string());
        let unknown = violations.iter().find(|violation| violation.rule == Rule::UnknownField).unwrap();
        assert_eq!(unknown.suggestion.as_deref(), meant, "{unknown}");
        assert_eq!(unknown.pointer, format!("/{written}"));
    }
}

#[test]
fn all_mistakes_are_found_at_once_and_stand_in_document_order() {
    let violations = violations(
        r#"{"enabled_sub_realms": [1, "x", 313, 1, 0], "colour": 1, "email": "no", "realms": [7, 1.5, -1, 7],
            "shown_sub_realms": [313], "country_iso": null, "name": " ", "name": "B", "last_name": ""}"#,
    );
    assert_eq!(
        found(&violations),
        [
            ("/enabled_sub_realms/0", Rule::SubRealmNotShown),
            ("/enabled_sub_realms/1", Rule::WrongType),
            ("/enabled_sub_realms/3", Rule::RepeatedId),
            ("/enabled_sub_realms/3", Rule::SubRealmNotShown),
            ("/enabled_sub_realms/4", Rule::IdOutOfRange),
            ("/enabled_sub_realms/4", Rule::SubRealmNotShown),
            ("/colour", Rule::UnknownField),
            ("/email", Rule::EmailFormat),
            ("/realms/1", Rule::WrongType),
            ("/realms/2", Rule::IdOutOfRange),
            ("/realms/3", Rule::RepeatedId),
            ("/country_iso", Rule::WrongType),
            ("/name", Rule::RepeatedField),
            ("/name", Rule::Blank),
            ("/last_name", Rule::Blank),
            ("/currency_iso", Rule::MissingField),
        ]
    );
}

/// Rules alone are broken here, and names are written as JSON allows.
#[test]
fn broken_rules_stand_in_document_order_however_names_are_written() {
    let violations = violations(
        r#"{"last_name": "", "realms": [1, 1], "count\u0072y_iso": "UK", "currency_iso": "GB", "name": " "}"#,
    );
    assert_eq!(
        found(&violations),
        [
            ("/last_name", Rule::Blank),
            ("/realms/1", Rule::RepeatedId),
            ("/country_iso", Rule::CountryUnknown),
            ("/currency_iso", Rule::CurrencyFormat),
            ("/name", Rule::Blank),
        ]
    );
}

#[test]
fn a_doubtful_list_of_shown_sub_realms_accuses_no_enabled_one() {
    let mut document = page();
    document["shown_sub_realms"] = json!(["313", 328]);
    assert_eq!(found(&violations(&document.to_string())), [("/shown_sub_realms/0", Rule::WrongType)]);
    document["shown_sub_realms"] = json!("313");
    assert_eq!(found(&violations(&document.to_string())), [("/shown_sub_realms", Rule::WrongType)]);
}

#[test]
fn far_names_are_not_guessed_at() {
    for written in ["age", "vat", "id", "nme2x", "sub_realms", "a_name_that_is_much_longer_than_any_of_them"]
    {
        let mut document = page();
        document.as_object_mut().unwrap().remove("name");
        document[written] = json!(1);
        let violations = violations(&document.to_string());
        let unknown = violations.iter().find(|violation| violation.rule == Rule::UnknownField).unwrap();
        assert_eq!(unknown.suggestion, None, "{unknown}");
    }
}

#[test]
fn a_mistyped_list_of_shown_sub_realms_accuses_the_enabled_ones_all_the_same() {
    let mut document = page();
    let shown = document.as_object_mut().unwrap().remove("shown_sub_realms").unwrap();
    document["shown_sub_realmss"] = shown;
    assert_eq!(
        found(&violations(&document.to_string())),
        [("/enabled_sub_realms/0", Rule::SubRealmNotShown), ("/shown_sub_realmss", Rule::UnknownField)]
    );
}

#[test]
fn what_stands_in_for_no_id_is_no_id_of_the_document() {
    let document = with("realms", json!(["x", u64::MAX, u64::MAX - 1, null]));
    assert_eq!(
        found(&violations(&document)),
        [
            ("/realms/0", Rule::WrongType),
            ("/realms/1", Rule::IdOutOfRange),
            ("/realms/2", Rule::IdOutOfRange),
            ("/realms/3", Rule::WrongType),
        ]
    );
}

#[test]
fn a_suggested_value_is_a_valid_one() {
    for (field, value) in
        [("currency_iso", json!(826)), ("country_iso", json!(44)), ("email", json!(5)), ("name", json!(1))]
    {
        assert_eq!(suggestion(&with(field, value)), None, "{field}");
    }
    assert_eq!(suggestion(&with("realms", json!(["7"]))).as_deref(), Some("7"));
    assert_eq!(suggestion(&with("realms", json!(["0"]))), None);
}

#[test]
fn a_byte_order_mark_and_an_empty_document_are_named() {
    assert!(violations("\u{feff}{}").to_string().contains("byte-order mark"));
    assert!(violations(" ").to_string().contains("write a request"));
}

#[test]
fn a_built_request_is_told_in_the_order_of_its_fields() {
    let mut request: CreateCustomer = serde_json::from_str(PAGE).unwrap();
    request.last_name = Some(String::new());
    request.country_iso = "UK".to_owned();
    request.realms = vec![RealmId(0), RealmId(2), RealmId(0)];
    assert_eq!(
        found(&validate(request).unwrap_err()),
        [
            ("/country_iso", Rule::CountryUnknown),
            ("/realms/0", Rule::IdOutOfRange),
            ("/realms/2", Rule::IdOutOfRange),
            ("/realms/2", Rule::RepeatedId),
            ("/last_name", Rule::Blank),
        ]
    );
}

#[test]
fn what_is_no_json_object_is_refused_whole() {
    for text in
        ["", " ", "{", "nonsense", r#"{"name": "A",}"#, "{} {}", "\u{feff}{}", "{\"name\": \"\\ud800\"}"]
    {
        assert_eq!(found(&violations(text)), [("", Rule::JsonSyntax)], "{text}");
    }
    for text in
        ["null", "1", r#""text""#, "[]", r#"["A", "GBP", "GB", [1], null, null, null, null, null, null]"#]
    {
        assert_eq!(found(&violations(text)), [("", Rule::WrongType)], "{text}");
    }
    assert_eq!(found(&from_json(b"{\"name\": \"\xff\"}").unwrap_err()), [("", Rule::JsonSyntax)]);
    let deep = "[".repeat(100_000);
    assert_eq!(found(&violations(&deep)), [("", Rule::JsonSyntax)]);
}

#[test]
fn ids_are_whole_numbers_in_range() {
    let of = |value: Value| {
        let document = with("realms", json!([value]));
        found(&violations(&document))
            .into_iter()
            .map(|(pointer, rule)| (pointer.to_owned(), rule))
            .collect::<Vec<_>>()
    };
    for out_of_range in [json!(0), json!(-1), json!(9_007_199_254_740_992_u64), json!(1e300), json!(u64::MAX)]
    {
        assert_eq!(
            of(out_of_range.clone()),
            [("/realms/0".to_owned(), Rule::IdOutOfRange)],
            "{out_of_range}"
        );
    }
    for wrong_type in [json!(1.5), json!("1"), json!(null), json!([1]), json!(true)] {
        assert_eq!(of(wrong_type.clone()), [("/realms/0".to_owned(), Rule::WrongType)], "{wrong_type}");
    }
    from_json(with("realms", json!([1, 9_007_199_254_740_991_u64])).as_bytes()).unwrap();
    let request =
        from_json(with("realms", json!([7.0, 1e2])).as_bytes()).expect("whole numbers, to JSON Schema");
    assert_eq!(request.realms, [RealmId(7), RealmId(100)]);
}

#[test]
fn limits_are_where_they_are_said_to_be() {
    from_json(with("name", json!("é".repeat(255))).as_bytes()).unwrap();
    assert_eq!(found(&violations(&with("name", json!("é".repeat(256))))), [("/name", Rule::TooLong)]);
    from_json(with("role_group", json!("Billing")).as_bytes()).expect("the set of role groups is open");
    from_json(with("email", json!(null)).as_bytes()).expect("null means absent");
    assert_eq!(found(&violations(&with("email", json!("")))), [("/email", Rule::EmailFormat)]);
}

#[test]
fn enabled_without_any_shown_is_not_shown() {
    let mut document = page();
    document.as_object_mut().unwrap().remove("shown_sub_realms");
    assert_eq!(
        found(&violations(&document.to_string())),
        [("/enabled_sub_realms/0", Rule::SubRealmNotShown)]
    );
}

#[test]
fn pointers_of_strange_fields_are_escaped() {
    assert_eq!(found(&violations(&with("a/b~c", json!(1)))), [("/a~1b~0c", Rule::UnknownField)]);
}

#[test]
fn of_thousands_of_mistakes_the_first_are_told_and_all_are_counted() {
    let fields: Vec<_> = (0..10_000).map(|n| format!("\"unknown field {n}\":0")).collect();
    let violations = violations(&format!("{{{}}}", fields.join(",")));
    assert_eq!(violations.as_slice().len(), MOST_VIOLATIONS);
    assert_eq!(violations.total(), 10_000 + 4, "each of them, and the four that are missing");
    for (n, violation) in violations.iter().enumerate() {
        assert_eq!(violation.pointer, format!("/unknown field {n}"));
    }
    let text = violations.to_string();
    assert!(
        text.starts_with("the request is invalid in 10004 places, of which these are the first 1000:\n"),
        "{text}"
    );
    assert_eq!(serde_json::to_value(&violations).unwrap().as_array().unwrap().len(), MOST_VIOLATIONS);
}

#[test]
fn the_first_mistakes_are_the_first_of_the_document() {
    // Both arrays have more than are told; the second to be checked stands first.
    let shown = vec!["x"; 2_000];
    let realms = vec![0; 2_000];
    let document = format!(
        r#"{{"name":"A","currency_iso":"GBP","country_iso":"GB","shown_sub_realms":{},"realms":{}}}"#,
        json!(shown),
        json!(realms)
    );
    let violations = violations(&document);
    // Zero is out of range, and each but the first is repeated; what is no number is not looked at further.
    assert_eq!(violations.total(), 2_000 + 2_000 + 1_999);
    let last = violations.iter().last().unwrap();
    assert_eq!((last.pointer.as_str(), last.rule), ("/shown_sub_realms/999", Rule::WrongType));
}
