//! Every rule, by its own examples.
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

#[test]
fn only_the_catalogue_rules_need_a_catalogue() {
    for rule in Rule::ALL {
        let needs_one = matches!(rule, Rule::RealmUnknown | Rule::SubRealmUnknown);
        assert_eq!(from_json(rule.info().bad.as_bytes()).is_ok(), needs_one, "{rule}");
    }
}
