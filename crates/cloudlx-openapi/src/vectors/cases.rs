//! The cases of the vectors, with their expected violations written by hand.

use cloudlx_validate::{Rule, field_names};
use serde_json::{Value, json};

use crate::example::example;

/// A document under a name.
pub(super) struct Case {
    name: String,
    pub(super) text: String,
    /// What is wrong, in document order.
    pub(super) broken: Vec<(String, Rule)>,
    /// Whether it is checked against a catalogue.
    pub(super) against_catalogue: bool,
}

impl Case {
    /// `valid/NAME` or `invalid/NAME`.
    pub(super) fn path(&self) -> String {
        let folder = if self.broken.is_empty() { "valid" } else { "invalid" };
        format!("{folder}/{}", self.name)
    }
}

/// All cases.
pub(super) fn cases() -> Vec<Case> {
    [valid(), examples(), codes(), texts(), ids(), types(), fields(), syntax(), pairs()]
        .into_iter()
        .flatten()
        .collect()
}

/// The page's sample request.
fn page() -> Value {
    // Without the sample every vector would disagree with the validator.
    example("create-customer.request", 0).unwrap_or_default()
}

/// The page's request with fields set, or taken out where the value is `None`.
fn changed(changes: &[(&str, Option<Value>)]) -> String {
    let mut document = page();
    if let Some(fields) = document.as_object_mut() {
        for (field, value) in changes {
            match value {
                Some(value) => drop(fields.insert((*field).to_owned(), value.clone())),
                None => drop(fields.shift_remove(*field)),
            }
        }
    }
    document.to_string()
}

fn case(name: impl Into<String>, text: impl Into<String>, broken: &[(&str, Rule)]) -> Case {
    // Some rules need a catalogue.
    let against_catalogue =
        broken.iter().any(|(_, rule)| matches!(rule, Rule::RealmUnknown | Rule::SubRealmUnknown));
    let broken = broken.iter().map(|(pointer, rule)| ((*pointer).to_owned(), *rule)).collect();
    Case { name: name.into(), text: text.into(), broken, against_catalogue }
}

/// The same, checked against the catalogue as well.
fn against_catalogue(case: Case) -> Case {
    Case { against_catalogue: true, ..case }
}

/// One field of the page's request set to a value that breaks one rule, at `below` the field.
fn set(rule: Rule, number: usize, field: &str, value: Value, below: &str) -> Case {
    let name = format!("{rule}.{number}");
    case(name, changed(&[(field, Some(value))]), &[(&format!("/{field}{below}"), rule)])
}

fn valid() -> Vec<Case> {
    const LARGEST: u64 = 9_007_199_254_740_991;
    let required = ["name", "currency_iso", "country_iso", "realms"];
    let optional: Vec<_> = field_names().filter(|field| !required.contains(field)).collect();
    let all_optional = |value: Option<Value>| {
        let changes: Vec<_> = optional.iter().map(|field| (*field, value.clone())).collect();
        changed(&changes)
    };
    vec![
        case("page", changed(&[]), &[]),
        case("least", all_optional(None), &[]),
        case("null-means-absent", all_optional(Some(Value::Null)), &[]),
        case("no-realms", changed(&[("realms", Some(json!([])))]), &[]),
        case("largest-id", changed(&[("realms", Some(json!([1, LARGEST])))]), &[]),
        case("whole-numbers", changed(&[("realms", Some(json!([1.0, 1e2])))]), &[]),
        case("nothing-enabled", changed(&[("enabled_sub_realms", Some(json!([])))]), &[]),
        case("all-enabled", changed(&[("enabled_sub_realms", Some(json!([328, 313])))]), &[]),
        case("longest-name", changed(&[("name", Some(json!("é".repeat(255))))]), &[]),
        case("name-beyond-the-basic-plane", changed(&[("name", Some(json!("𝄞".repeat(255))))]), &[]),
        case("name-with-white-space-around", changed(&[("name", Some(json!(" Example ")))]), &[]),
        case("open-role-group", changed(&[("role_group", Some(json!("Billing")))]), &[]),
        case("shortest-email", changed(&[("email", Some(json!("a@b")))]), &[]),
        case("odd-email", changed(&[("email", Some(json!("!#$%&'*+/=?^_`{|}~-.@x-y.0")))]), &[]),
        case(
            "croatia-uses-eur",
            changed(&[("currency_iso", Some(json!("EUR"))), ("country_iso", Some(json!("HR")))]),
            &[],
        ),
        case(
            "curacao-uses-xcg",
            changed(&[("currency_iso", Some(json!("XCG"))), ("country_iso", Some(json!("CW")))]),
            &[],
        ),
        against_catalogue(case("known-realms", changed(&[]), &[])),
        case("any-currency-in-any-country", changed(&[("currency_iso", Some(json!("JPY")))]), &[]),
    ]
}

/// The examples that the rules come with.
fn examples() -> Vec<Case> {
    let bad = |rule: &Rule| {
        let info = rule.info();
        case(format!("{rule}.0"), info.bad, &[(info.bad_pointer, *rule)])
    };
    Rule::ALL.iter().map(bad).collect()
}

fn codes() -> Vec<Case> {
    let lists = [
        (Rule::CurrencyFormat, "currency_iso", "gbp|GBPX||826|£|ＧＢＰ"),
        (Rule::CurrencyUnknown, "currency_iso", "QQQ|GBR|BTC"),
        (Rule::CurrencyWithdrawn, "currency_iso", "BGN|ANG|SLL|ZWL|DEM"),
        (Rule::CurrencyNotBillable, "currency_iso", "XXX|XTS|BOV|XDR|XBA"),
        (Rule::CountryFormat, "country_iso", "gb|G||826|United Kingdom"),
        (Rule::CountryUnknown, "country_iso", "EL|XK|QQ|AN|SU"),
    ];
    let all = lists.into_iter().flat_map(|(rule, field, codes)| {
        codes.split('|').enumerate().map(move |(index, code)| set(rule, index + 1, field, json!(code), ""))
    });
    all.collect()
}

fn texts() -> Vec<Case> {
    let mut cases = Vec::new();
    for (index, (field, text)) in [
        ("name", ""),
        ("name", "\u{3000}"),
        ("first_name", ""),
        ("last_name", " \u{a0}"),
        ("role_group", "\u{2028}"),
    ]
    .into_iter()
    .enumerate()
    {
        cases.push(set(Rule::Blank, index + 1, field, json!(text), ""));
    }
    for (index, name) in ["Example\n", "\u{0}A", "A\u{7f}", "A\u{85}B"].into_iter().enumerate() {
        cases.push(set(Rule::ControlCharacter, index + 1, "name", json!(name), ""));
    }
    for (index, name) in ["x".repeat(256), "é".repeat(256), "𝄞".repeat(256)].into_iter().enumerate() {
        cases.push(set(Rule::TooLong, index + 1, "name", json!(name), ""));
    }
    let emails =
        ["", "a", "a@", "@b", "a b@c", "a@-b", "a@b-", "a@b.", "a@b@c", "é@b", "a@b\n", "a@[127.0.0.1]"];
    for (index, email) in emails.into_iter().enumerate() {
        cases.push(set(Rule::EmailFormat, index + 1, "email", json!(email), ""));
    }
    cases
}

fn ids() -> Vec<Case> {
    let out_of_range = [json!(-1), json!(9_007_199_254_740_992_u64), json!(0)];
    let mut cases = Vec::new();
    for (index, id) in out_of_range.into_iter().enumerate() {
        cases.push(set(Rule::IdOutOfRange, index + 1, "shown_sub_realms", json!([313, 328, id]), "/2"));
    }
    cases.push(set(Rule::RepeatedId, 1, "shown_sub_realms", json!([313, 328, 313]), "/2"));
    cases.push(set(Rule::RepeatedId, 2, "enabled_sub_realms", json!([328, 328]), "/1"));
    let not_shown = |number: usize, shown: Option<Value>, enabled: Value, at: &[&str]| {
        let broken: Vec<_> = at.iter().map(|at| (*at, Rule::SubRealmNotShown)).collect();
        let changes = [("shown_sub_realms", shown), ("enabled_sub_realms", Some(enabled))];
        case(format!("{}.{number}", Rule::SubRealmNotShown), changed(&changes), &broken)
    };
    let both = ["/enabled_sub_realms/0", "/enabled_sub_realms/1"];
    cases.push(not_shown(1, Some(json!([])), json!([313]), &["/enabled_sub_realms/0"]));
    cases.push(not_shown(2, None, json!([313]), &["/enabled_sub_realms/0"]));
    cases.push(not_shown(3, Some(Value::Null), json!([313]), &["/enabled_sub_realms/0"]));
    cases.push(not_shown(4, Some(json!([328])), json!([313, 1]), &both));
    cases.push(not_shown(5, Some(json!([1, 2, 3])), json!([1, 4]), &["/enabled_sub_realms/1"]));
    cases.push(set(Rule::RealmUnknown, 1, "realms", json!([3]), "/0"));
    cases.push(set(Rule::RealmUnknown, 2, "realms", json!([1, 2, 7, 313]), "/3"));
    cases.push(set(Rule::SubRealmUnknown, 1, "shown_sub_realms", json!([313, 1]), "/1"));
    let unknown = "/enabled_sub_realms/0";
    let both = [("shown_sub_realms", Some(json!([1]))), ("enabled_sub_realms", Some(json!([1])))];
    let broken = [("/shown_sub_realms/0", Rule::SubRealmUnknown), (unknown, Rule::SubRealmUnknown)];
    cases.push(case(format!("{}.2", Rule::SubRealmUnknown), changed(&both), &broken));
    cases
}

fn types() -> Vec<Case> {
    let values = [
        ("currency_iso", json!(826), ""),
        ("country_iso", json!(["GB"]), ""),
        ("email", json!(false), ""),
        ("first_name", json!({}), ""),
        ("name", Value::Null, ""),
        ("realms", json!("1,2,7"), ""),
        ("realms", Value::Null, ""),
        ("realms", json!([1, "2"]), "/1"),
        ("realms", json!([1.5]), "/0"),
        ("realms", json!([null]), "/0"),
        ("enabled_sub_realms", json!({ "0": 313 }), ""),
    ];
    let fields = values.into_iter().enumerate();
    let mut cases: Vec<_> =
        fields.map(|(index, (field, value, at))| set(Rule::WrongType, index + 1, field, value, at)).collect();
    for (index, text) in ["null", "[]", "\"text\"", "1"].into_iter().enumerate() {
        cases.push(case(format!("{}.{}", Rule::WrongType, index + 20), text, &[("", Rule::WrongType)]));
    }
    cases
}

fn fields() -> Vec<Case> {
    let mut cases = Vec::new();
    for (index, field) in ["name", "currency_iso", "country_iso"].into_iter().enumerate() {
        let name = format!("{}.{}", Rule::MissingField, index + 1);
        cases.push(case(name, changed(&[(field, None)]), &[(&format!("/{field}"), Rule::MissingField)]));
    }
    for (index, field) in ["currencyIso", "id", "sub_realms", ""].into_iter().enumerate() {
        cases.push(set(Rule::UnknownField, index + 1, field, json!("x"), ""));
    }
    let escaped = changed(&[("a/b~c", Some(json!(1)))]);
    cases.push(case(format!("{}.5", Rule::UnknownField), escaped, &[("/a~1b~0c", Rule::UnknownField)]));
    let page = changed(&[]);
    let page = page.trim_end_matches('}');
    for (index, (field, value)) in
        [("currency_iso", "\"EUR\""), ("realms", "[1]"), ("email", "null")].into_iter().enumerate()
    {
        let name = format!("{}.{}", Rule::RepeatedField, index + 1);
        let broken = [(format!("/{field}"), Rule::RepeatedField)];
        let broken: Vec<_> = broken.iter().map(|(at, rule)| (at.as_str(), *rule)).collect();
        cases.push(case(name, format!("{page},\"{field}\":{value}}}"), &broken));
    }
    cases
}

fn syntax() -> Vec<Case> {
    let page = changed(&[]);
    let broken = [
        String::new(),
        page.trim_end_matches('}').to_owned(),
        format!("{page}{page}"),
        format!("// a comment\n{page}"),
        page.replace('"', "'"),
        page.replace("[313]", "[313,]"),
        page.replace("[313]", "[0313]"),
    ];
    let numbered = broken.into_iter().enumerate();
    numbered
        .map(|(index, text)| {
            case(format!("{}.{}", Rule::JsonSyntax, index + 1), text, &[("", Rule::JsonSyntax)])
        })
        .collect()
}

/// Two mistakes in one document: both are found, in document order, and neither hides the other.
fn pairs() -> Vec<Case> {
    let wrong_codes = [("currency_iso", Some(json!("GB"))), ("country_iso", Some(json!("UK")))];
    let mistyped = [("currency_iso", None), ("currency_is0", Some(json!("GBP")))];
    let doubtful = [("shown_sub_realms", Some(json!(["313", 328])))];
    let twice = [("realms", Some(json!([0, 0])))];
    let blank = [("name", Some(json!(" "))), ("last_name", Some(json!("")))];
    let unlike = [("email", Some(json!("no"))), ("realms", Some(json!([1, 1])))];
    let long_and_broken = [("name", Some(json!(format!("\n{}", "x".repeat(255)))))];
    let repeated_and_blank =
        format!("{},\"email\":\"a@b\"}}", changed(&[("name", Some(json!(" ")))]).trim_end_matches('}'));
    let hidden = [("enabled_sub_realms", Some(json!([328, "x", 1])))];
    vec![
        case(
            "pair.codes",
            changed(&wrong_codes),
            &[("/currency_iso", Rule::CurrencyFormat), ("/country_iso", Rule::CountryUnknown)],
        ),
        case(
            "pair.mistyped-and-missing",
            changed(&mistyped),
            &[("/currency_is0", Rule::UnknownField), ("/currency_iso", Rule::MissingField)],
        ),
        // Not a pair: an id that is no number hides nothing, and blames nobody else.
        case("wrong-type.doubtful-shown", changed(&doubtful), &[("/shown_sub_realms/0", Rule::WrongType)]),
        case(
            "pair.shown-out-of-range",
            changed(&[("shown_sub_realms", Some(json!([-1, 328])))]),
            &[("/shown_sub_realms/0", Rule::IdOutOfRange), ("/enabled_sub_realms/0", Rule::SubRealmNotShown)],
        ),
        case(
            "pair.out-of-range-twice",
            changed(&twice),
            &[
                ("/realms/0", Rule::IdOutOfRange),
                ("/realms/1", Rule::IdOutOfRange),
                ("/realms/1", Rule::RepeatedId),
            ],
        ),
        case("pair.blanks", changed(&blank), &[("/name", Rule::Blank), ("/last_name", Rule::Blank)]),
        case(
            "pair.fields-apart",
            changed(&unlike),
            &[("/realms/1", Rule::RepeatedId), ("/email", Rule::EmailFormat)],
        ),
        case(
            "pair.one-field",
            changed(&long_and_broken),
            &[("/name", Rule::ControlCharacter), ("/name", Rule::TooLong)],
        ),
        case(
            "pair.unlisted-currency-and-long-country",
            changed(&[("currency_iso", Some(json!("QQQ"))), ("country_iso", Some(json!("GBR")))]),
            &[("/currency_iso", Rule::CurrencyUnknown), ("/country_iso", Rule::CountryFormat)],
        ),
        case(
            "pair.withdrawn-currency-and-no-realms",
            changed(&[("currency_iso", Some(json!("HRK"))), ("realms", None)]),
            &[("/currency_iso", Rule::CurrencyWithdrawn), ("/realms", Rule::MissingField)],
        ),
        case(
            "pair.gold-and-an-email",
            changed(&[("currency_iso", Some(json!("XAU"))), ("email", Some(json!("a@")))]),
            &[("/currency_iso", Rule::CurrencyNotBillable), ("/email", Rule::EmailFormat)],
        ),
        case(
            "pair.repeated-and-blank",
            repeated_and_blank,
            &[("/name", Rule::Blank), ("/email", Rule::RepeatedField)],
        ),
        case(
            "pair.unknown-realm-and-sub-realm",
            changed(&[("realms", Some(json!([1, 3]))), ("shown_sub_realms", Some(json!([313, 314])))]),
            &[("/realms/1", Rule::RealmUnknown), ("/shown_sub_realms/1", Rule::SubRealmUnknown)],
        ),
        case(
            "pair.one-array",
            changed(&hidden),
            &[("/enabled_sub_realms/1", Rule::WrongType), ("/enabled_sub_realms/2", Rule::SubRealmNotShown)],
        ),
    ]
}
