//! Every rule, by its own examples.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod known;

use cloudlx_validate::{Rule, field_names, from_json, from_json_against};
use serde_json::Value;

use known::catalogue;

/// They look at every field, or at none.
const ABOUT_SHAPE: [Rule; 5] =
    [Rule::JsonSyntax, Rule::WrongType, Rule::MissingField, Rule::UnknownField, Rule::RepeatedField];

#[test]
fn every_good_example_is_accepted() {
    for rule in Rule::ALL {
        let result = from_json_against(rule.info().good.as_bytes(), &catalogue());
        assert!(result.is_ok(), "{rule}: {}", result.unwrap_err());
    }
}

#[test]
fn every_bad_example_breaks_its_rule_where_it_says_and_nothing_else() {
    for rule in Rule::ALL {
        let violations = from_json_against(rule.info().bad.as_bytes(), &catalogue()).unwrap_err();
        let found: Vec<_> =
            violations.iter().map(|violation| (violation.pointer.as_str(), violation.rule)).collect();
        assert_eq!(found, [(rule.info().bad_pointer, *rule)], "{rule}: {violations}");
    }
}

#[test]
fn every_bad_example_breaks_its_rule_in_a_place_that_the_rule_names() {
    for rule in Rule::ALL {
        let info = rule.info();
        let matches = |place: &&str| {
            let (place, at): (Vec<_>, Vec<_>) =
                (place.split('/').collect(), info.bad_pointer.split('/').collect());
            place.len() == at.len() && place.iter().zip(at).all(|(place, at)| *place == "*" || *place == at)
        };
        assert!(info.places.iter().any(matches), "{rule}: {} is none of {:?}", info.bad_pointer, info.places);
    }
}

/// Puts the value that breaks a rule into every field. Where it breaks the rule is where the rule says that it looks.
#[test]
fn a_rule_holds_for_the_fields_that_it_names_and_for_no_others() {
    for rule in Rule::ALL.iter().filter(|rule| !ABOUT_SHAPE.contains(rule)) {
        let info = rule.info();
        let bad: Value = serde_json::from_str(info.bad).unwrap();
        let value = &bad[info.bad_pointer.split('/').nth(1).expect("a field")];
        for field in field_names() {
            let mut document = bad.clone();
            document[field] = value.clone();
            let violations = from_json_against(document.to_string().as_bytes(), &catalogue()).err();
            let at = [format!("/{field}"), format!("/{field}/")];
            let breaks = violations.iter().flatten().any(|violation| {
                let is_here = violation.pointer == at[0] || violation.pointer.starts_with(&at[1]);
                is_here && violation.rule == *rule
            });
            let named = info.places.iter().any(|place| *place == at[0] || place.starts_with(&at[1]));
            assert_eq!(breaks, named, "{rule} in {field}: {:?}", info.places);
        }
    }
}

#[test]
fn only_the_catalogue_rules_need_a_catalogue() {
    for rule in Rule::ALL {
        let needs_one = matches!(rule, Rule::RealmUnknown | Rule::SubRealmUnknown);
        assert_eq!(from_json(rule.info().bad.as_bytes()).is_ok(), needs_one, "{rule}");
    }
}
