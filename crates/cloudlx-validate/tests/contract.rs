//! Snapshots of what programs and people see: codes, messages, suggestions, schemas.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod known;

use cloudlx_validate::{Rule, from_json, from_json_against};

use known::catalogue;

#[test]
fn the_violation_of_every_rule() {
    let violations: Vec<_> = Rule::ALL
        .iter()
        .map(|rule| from_json_against(rule.info().bad.as_bytes(), &catalogue()).expect_err("a bad example"))
        .collect();
    insta::assert_json_snapshot!(violations);
}

#[test]
fn rules() {
    let lines: Vec<_> = Rule::ALL
        .iter()
        .map(|rule| format!("{rule} ({:?}): {}", rule.info().source, rule.info().places.join(" ")))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// Messages for the codes that people get wrong in the most ways.
#[test]
fn messages_about_codes() {
    let currencies =
        ["GB", "gbp", "GBR", "Pound", "QQQ", "HRK", "DEM", "XXX", "XTS", "XAU", "BOV", "XDR", "XBA", ""];
    let countries = ["UK", "GBR", "gb", "United Kingdom", "AN", "ZR", "XK", "QQ", "EUR", "", "G\u{0}"];
    let documents =
        currencies.iter().map(|code| (*code, "GB")).chain(countries.iter().map(|code| ("GBP", *code)));
    let messages: Vec<_> = documents
        .map(|(currency, country)| {
            let document = serde_json::json!({
                "name": "A", "currency_iso": currency, "country_iso": country, "realms": [1],
            });
            from_json(document.to_string().as_bytes()).expect_err("a bad code").to_string()
        })
        .collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn several_violations_are_shown_one_a_line() {
    let violations = from_json(
        br#"{"name": " ", "name": "x", "currency_is0": "GB", "country_iso": 7, "realms": ["1", 2], "first_name": ""}"#,
    )
    .unwrap_err();
    insta::assert_snapshot!(violations.to_string());
}

#[cfg(feature = "schema")]
#[test]
fn the_request_schema_has_the_rules() {
    let document = cloudlx_validate::schema::document("create-customer.request").unwrap();
    insta::assert_json_snapshot!(document.name, document.schema);
}
