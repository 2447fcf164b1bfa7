//! Compares the rules that JSON Schema cannot express, by value.
//!
//! `rules.json` lists the rules. A version without that file names them in its schemas; then only codes and places are
//! compared. The good examples are samples of the comparison of schemas, which sees whether they are still accepted.

use serde_json::{Map, Value, json};

use crate::change::Change;
use crate::contract::{Contract, ContractError};
use crate::requests;

pub(super) mod labels;
mod places;
mod rule_list;

use places::{more_places, place_of};
use rule_list::Rule;
pub(super) use rule_list::{FILE, RuleList};

const ORIGINS: [&str; 4] = ["page", "sibling", "sdk", "inferred"];

pub(super) fn compare(old: &Contract, new: &Contract) -> Result<Vec<Change>, ContractError> {
    let mut changes = Vec::new();
    match (RuleList::read(old)?, RuleList::read(new)?) {
        (Some(before), Some(after)) => {
            changes.extend(compare_lists(&before, &after, old, new));
            let is_reported = |code: &str| match (before.rules.get(code), after.rules.get(code)) {
                (None, None) => false,
                (Some(was), Some(is)) => was.path != is.path,
                _ => true,
            };
            // The list decides; but a label without an entry in the list may be a rule too.
            changes
                .extend(labels::compare(old, new, is_reported).into_iter().filter(|change| !change.proved));
            if changes.is_empty() && old.file(FILE) != new.file(FILE) {
                changes.push(Change::none(FILE, "only documentation, or the way it is written"));
            }
        }
        (before, after) => {
            changes.extend(labels::compare(old, new, |_| false));
            match (before, after) {
                (None, Some(_)) => changes.push(Change::compatible(FILE, "file added")),
                (Some(_), None) => changes.push(
                    Change::breaking(FILE, "file removed", FILE.into())
                        .noting("whoever loads this file finds nothing"),
                ),
                _ => {}
            }
        }
    }
    Ok(changes)
}

/// Compares two lists of rules.
fn compare_lists(before: &RuleList, after: &RuleList, old: &Contract, new: &Contract) -> Vec<Change> {
    let mut changes = rest(FILE, &before.rest, &after.rest);
    for (code, rule) in &after.rules {
        match before.rules.get(code) {
            None => changes.push(judge_added(code, rule, old)),
            Some(was) => changes.extend(judge_changed(code, was, rule, old, new)),
        }
    }
    let removed = before.rules.keys().filter(|code| !after.rules.contains_key(*code));
    changes.extend(removed.map(|code| Change::compatible(place_of(code), "rule removed")));
    changes
}

fn judge_added(code: &str, rule: &Rule, old: &Contract) -> Change {
    let bad = rule.bad();
    if is_document(&bad) && requests::accepted(old, &bad) == Some(true) {
        return Change::breaking(place_of(code), "rule added", bad)
            .noting("the old version's schemas accept it, the new rule refuses it");
    }
    let is = json!({ "path": rule.path, "message": rule.message, "bad": bad, "cel": rule.cel });
    let reason = "the old version's schemas refuse its bad example already; whether it refuses more, an example cannot show";
    Change::not_proved(place_of(code), "rule added", None, Some(&is), reason)
}

fn judge_changed(code: &str, was: &Rule, is: &Rule, old: &Contract, new: &Contract) -> Vec<Change> {
    let place = place_of(code);
    let mut changes = more_places(code, &was.path, &is.path);
    if was.cel != is.cel {
        let written = |cel: &Option<String>| cel.clone().unwrap_or_else(|| "none".to_owned());
        let what = format!("cel: {} → {}", written(&was.cel), written(&is.cel));
        let reason = "expressions are not compared; say why whatever met the old one meets the new one";
        changes.push(Change::unproved(&place, what, reason));
    }
    // The same expression is the same rule, whatever its examples are.
    let (bad, good) = (is.bad(), is.good());
    if was.bad() != bad && (was.cel.is_none() || was.cel != is.cel) {
        let is_refused = is_document(&bad) && requests::accepted(old, &bad) == Some(false);
        if !is_refused {
            let reason = "the old version's schemas do not refuse the new bad example";
            changes.push(Change::not_proved(&place, "bad example", Some(&was.bad()), Some(&bad), reason));
        }
    }
    if was.good() != good && requests::accepted(new, &good) != Some(true) {
        let reason = "the new version's own schemas do not accept the new good example";
        changes.push(Change::not_proved(&place, "good example", Some(&was.good()), Some(&good), reason));
    }
    let reason = "expected page, sibling, sdk or inferred; what anything else means is not known here";
    for (name, was, is) in
        [("source", Some(&was.source), Some(&is.source)), ("level", was.level.as_ref(), is.level.as_ref())]
    {
        // Where a rule comes from is documentation.
        if was != is && ![was, is].into_iter().flatten().all(|name| ORIGINS.contains(&name.as_str())) {
            let [was, is] = [was, is].map(|it| it.map(|it| Value::from(it.as_str())));
            changes.push(Change::not_proved(&place, name, was.as_ref(), is.as_ref(), reason));
        }
    }
    changes.extend(rest(&place, &was.rest, &is.rest));
    changes
}

/// Changes of fields that this program does not know.
pub(super) fn rest(place: &str, old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Change> {
    let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    let differing = names.filter(|name| old.get(*name) != new.get(*name));
    let reason = "what this part means is not known here";
    differing.map(|name| Change::not_proved(place, name, old.get(name), new.get(name), reason)).collect()
}

/// Whether an example is JSON; if not, it is kept as its text.
fn is_document(example: &Value) -> bool {
    !example.is_string()
}
