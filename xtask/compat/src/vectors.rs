//! Compares the vectors: documents with the verdict that a version promises for each.
//!
//! A new vector shows a break when it calls a document invalid that the old version accepts, unless a rule of both versions
//! refuses the document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::change::Change;
use crate::contract::{Contract, ContractError};
use crate::requests;
use crate::rules::{self, RuleList};

/// The folder.
pub(super) const FOLDER: &str = "vectors/";
/// How many vectors a report names.
const NAMED: usize = 5;

/// A document and its verdict.
pub(super) struct Vector<'a> {
    path: &'a str,
    content: Content,
    /// The ids that exist, if the document is checked against them.
    catalogue: Option<&'a Value>,
    valid: bool,
    violations: &'a Value,
    rest: Map<String, Value>,
}

enum Content {
    Document(Value),
    /// For a document that is not JSON, or that parsers read differently.
    Text(String),
}

/// The vectors of a version, by their subject: document, form and catalogue.
pub(super) fn read(contract: &Contract) -> Result<BTreeMap<String, Vector<'_>>, ContractError> {
    let mut vectors: BTreeMap<String, Vector<'_>> = BTreeMap::new();
    for (path, file) in contract.files.iter().filter(|(path, _)| path.starts_with(FOLDER)) {
        let refused = |found: String| ContractError::Refused {
            path: path.clone(),
            expected: "one vector: a document or a text, valid, and violations, and the document only here"
                .to_owned(),
            found,
        };
        let vector = Vector::read(path, file).ok_or_else(|| refused("something else".to_owned()))?;
        if let Some(other) = vectors.insert(vector.subject(), vector) {
            return Err(refused(format!("its document in {} too", other.path)));
        }
    }
    Ok(vectors)
}

pub(super) fn compare(old: &Contract, new: &Contract) -> Result<Vec<Change>, ContractError> {
    let (before, after) = (read(old)?, read(new)?);
    if !before.is_empty() && after.is_empty() {
        let was = json!(before.values().map(|vector| vector.path).collect::<Vec<_>>());
        let reason = "whoever proves by them that their validator agrees can do so no more";
        return Ok(vec![Change::not_proved("vectors", "all vectors removed", Some(&was), None, reason)]);
    }
    let old_version =
        OldVersion { old, rules: (RuleList::read(old)?, RuleList::read(new)?), vectors: &before };
    let mut changes = Vec::new();
    let mut quiet: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (subject, vector) in &before {
        match after.get(subject) {
            Some(with) => changes.extend(compare_vectors(vector, with)),
            None if !vector.valid => quiet.entry("invalid vectors removed").or_default().push(vector.path),
            None if vector.is_accepted(new) == Some(true) => {
                quiet
                    .entry("valid vectors removed, whose documents are still accepted")
                    .or_default()
                    .push(vector.path);
            }
            None => {
                let reason = "the new version's schemas do not accept its document";
                let was = vector.shown();
                changes.push(Change::not_proved(
                    vector.path,
                    "valid vector removed",
                    Some(&was),
                    None,
                    reason,
                ));
            }
        }
    }
    for vector in after.iter().filter(|(subject, _)| !before.contains_key(*subject)).map(|(_, it)| it) {
        match old_version.added(vector, new) {
            Some(change) => changes.push(change),
            None => quiet.entry("vectors added").or_default().push(vector.path),
        }
    }
    changes.extend(quiet.into_iter().map(|(what, paths)| match what {
        "vectors added" => Change::none("vectors", named(what, paths)),
        _ => Change::compatible("vectors", named(what, paths)),
    }));
    Ok(changes)
}

impl<'a> Vector<'a> {
    fn read(path: &'a str, file: &'a Value) -> Option<Self> {
        const KNOWN: [&str; 5] = ["document", "text", "catalogue", "valid", "violations"];
        let fields = file.as_object()?;
        let content = match (fields.get("document"), fields.get("text")) {
            (Some(document), None) => Content::Document(document.clone()),
            (None, Some(Value::String(text))) => Content::Text(text.clone()),
            _ => return None,
        };
        let rest = fields.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str()));
        Some(Self {
            path,
            content,
            catalogue: fields.get("catalogue"),
            valid: fields.get("valid")?.as_bool()?,
            violations: fields.get("violations").filter(|it| it.is_array())?,
            rest: rest.map(|(name, value)| (name.clone(), value.clone())).collect(),
        })
    }

    fn subject(&self) -> String {
        json!([self.shown(), matches!(self.content, Content::Text(_)), self.catalogue]).to_string()
    }

    fn shown(&self) -> Value {
        match &self.content {
            Content::Document(document) => document.clone(),
            Content::Text(text) => text.as_str().into(),
        }
    }

    fn codes(&self) -> impl Iterator<Item = &'a str> {
        let violations = self.violations.as_array().into_iter().flatten();
        violations.filter_map(|violation| violation.get("rule")?.as_str())
    }

    /// Whether the schemas of a version accept it.
    fn is_accepted(&self, contract: &Contract) -> Option<bool> {
        match &self.content {
            Content::Document(document) => requests::accepted(contract, document),
            Content::Text(text) => match serde_json::from_str(text) {
                Ok(document) => requests::accepted(contract, &document),
                Err(_) => Some(false),
            },
        }
    }
}

/// Compares two vectors of the same document.
fn compare_vectors(old: &Vector<'_>, new: &Vector<'_>) -> Vec<Change> {
    let mut changes = rules::rest(old.path, &old.rest, &new.rest);
    match (old.valid, new.valid) {
        (true, false) => changes.push(
            Change::breaking(old.path, "valid → invalid", old.shown())
                .noting("the old version's vectors call it valid, the new one's invalid"),
        ),
        (false, true) => changes.push(Change::compatible(old.path, "invalid → valid")),
        _ if old.violations != new.violations => {
            let reason = "whoever proves by it that their validator agrees sees a difference";
            let (was, is) = (Some(old.violations), Some(new.violations));
            changes.push(Change::not_proved(old.path, "violations", was, is, reason));
        }
        _ => {}
    }
    changes
}

/// The old version, asked about vectors that it does not have.
struct OldVersion<'a> {
    old: &'a Contract,
    rules: (Option<RuleList>, Option<RuleList>),
    vectors: &'a BTreeMap<String, Vector<'a>>,
}

impl OldVersion<'_> {
    /// The change that a new vector shows; `None` when both versions agree on it.
    fn added(&self, vector: &Vector<'_>, new: &Contract) -> Option<Change> {
        let (path, is) = (vector.path, vector.shown());
        if vector.valid {
            let reason = "the new version's own schemas do not accept its document";
            let is_accepted = vector.is_accepted(new) == Some(true);
            return (!is_accepted)
                .then(|| Change::not_proved(path, "valid vector added", None, Some(&is), reason));
        }
        if vector.codes().any(|code| self.is_refused_by(code, vector)) {
            return None;
        }
        match (&vector.content, vector.catalogue, vector.is_accepted(self.old)) {
            (Content::Document(_), None, Some(false)) => None,
            (Content::Document(document), None, Some(true)) => {
                Some(Change::breaking(path, "invalid vector added", document.clone()).noting(
                    "the old version's schemas accept it, and no rule that both versions have refuses it",
                ))
            }
            _ => {
                let is =
                    json!({ "content": is, "catalogue": vector.catalogue, "violations": vector.violations });
                let reason = "whether the old version refuses it is not known here";
                Some(Change::not_proved(path, "invalid vector added", None, Some(&is), reason))
            }
        }
    }

    /// Whether a rule of both versions, beyond the schemas, refuses the document: a rule with the same expression, or one that
    /// an old vector shows for a text or for the same catalogue.
    fn is_refused_by(&self, code: &str, vector: &Vector<'_>) -> bool {
        let (Some(before), Some(after)) = (&self.rules.0, &self.rules.1) else { return false };
        let is_same = match (before.rules.get(code), after.rules.get(code)) {
            (Some(was), Some(is)) => was.is_same(is),
            _ => false,
        };
        let is_text = |vector: &Vector<'_>| matches!(vector.content, Content::Text(_));
        let mut shown = self.vectors.values().filter(|known| known.codes().any(|it| it == code));
        let is_alike = |known: &Vector<'_>| {
            (is_text(vector) && is_text(known))
                || (vector.catalogue.is_some() && vector.catalogue == known.catalogue)
        };
        is_same && (before.rules.get(code).is_some_and(|rule| rule.cel.is_some()) || shown.any(is_alike))
    }
}

fn named(what: &str, mut paths: Vec<&str>) -> String {
    paths.sort_unstable();
    let more = paths.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let paths: Vec<_> = paths.iter().take(NAMED).copied().collect();
    format!("{what}: {}{more}", paths.join(", "))
}
