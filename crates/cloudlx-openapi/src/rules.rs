//! Makes `schemas/v1/rules.json`: every rule, for other languages.

use cloudlx_model::schema::{Document, document_of};
use cloudlx_validate::{Rule, Source};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

/// The rules of a create-customer request.
///
/// A request that its JSON Schema accepts breaks none but those with a `cel` expression, those about the text that was
/// read (`json-syntax`, `repeated-field`), and those about realms and sub-realms that exist (`realm-unknown`,
/// `sub-realm-unknown`).
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rules {
    /// In the order in which a reader meets them.
    rules: Vec<RuleEntry>,
}

/// A rule.
#[derive(Debug, Serialize, JsonSchema)]
struct RuleEntry {
    /// The stable code.
    code: &'static str,
    /// The places that the rule looks at: RFC 6901 pointers, with `*` for any field or index.
    path: &'static [&'static str],
    /// What a violation says, with `{expected}`, `{found}` and `{remedy}` for what differs.
    message: &'static str,
    /// The rule's level: where it comes from, `page`, `sibling`, `sdk` or `inferred`.
    #[schemars(with = "String", extend("enum" = ["page", "sibling", "sdk", "inferred"]))]
    source: Source,
    /// The text of a document that meets the rule.
    good: &'static str,
    /// The text of a document that breaks this rule and no other.
    bad: &'static str,
    /// A CEL expression over `this`, the document: true when the rule is met. Only for rules that JSON Schema cannot say.
    /// It speaks of each element of an array on its own: the verdict on an array of one element is that on the element.
    /// It says nothing new of an element that breaks the schema, nor when an array that it looks into has a wrong type or
    /// an element of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    cel: Option<&'static str>,
}

/// The rules.
pub(crate) fn rules() -> Rules {
    Rules { rules: Rule::ALL.iter().copied().map(entry).collect() }
}

/// Their schema, with one rule as its example.
pub(crate) fn schema() -> Document {
    let mut document = document_of::<Rules>("rules");
    let example = Rules { rules: vec![entry(Rule::SubRealmNotShown)] };
    document.schema.insert("examples".to_owned(), json!([example]));
    document
}

fn entry(rule: Rule) -> RuleEntry {
    let info = rule.info();
    RuleEntry {
        code: info.code,
        path: info.places,
        message: info.message,
        source: info.source,
        good: info.good,
        bad: info.bad,
        cel: info.cel,
    }
}
