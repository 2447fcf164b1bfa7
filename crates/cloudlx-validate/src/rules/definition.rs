//! What a rule consists of.

use std::borrow::Cow;

use cloudlx_model::{RealmId, SubRealmId};
use serde::Serialize;

use crate::Catalogue;

/// Where a fact about the API comes from. The page wins over all else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The vendor's page for `POST /api/customers`, the contract of record.
    Page,
    /// Another page of the same documentation.
    Sibling,
    /// The vendor's PHP SDK, or programs in public that call the API.
    Sdk,
    /// Nobody documents it: our reading.
    Inferred,
}

/// What a [`Rule`](crate::Rule) is about. The examples are whole documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo {
    /// The stable code, in kebab case.
    pub code: &'static str,
    /// The message of a violation. `{expected}`, `{found}` and `{remedy}` stand for what differs from one violation to the
    /// next. A remedy that is not always known brings its own `: ` along.
    pub message: &'static str,
    /// Where the rule comes from.
    pub source: Source,
    /// The places that the rule looks at, as pointers with `*` for any field or index.
    pub places: &'static [&'static str],
    /// A document that meets the rule.
    pub good: &'static str,
    /// A document that breaks this rule and no other.
    pub bad: &'static str,
    /// Where `bad` breaks it.
    pub bad_pointer: &'static str,
    /// For a rule that JSON Schema cannot say and a document alone can: the rule as a CEL expression over `this`, a document
    /// that meets its JSON Schema. True when the rule is met. About each element of an array on its own, so that an array
    /// of that one element gives the verdict on it.
    pub cel: Option<&'static str>,
}

/// The least that a request can hold, for the examples of rules.
pub(super) const LEAST: &str =
    r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;

/// A rule by what it looks at.
#[derive(Clone, Copy)]
pub(crate) enum Definition {
    /// A text.
    Text(&'static TextRule),
    /// The ids of an array.
    Ids(&'static IdsRule),
    /// The shape of a document. The reader of documents checks it.
    Shape(&'static RuleInfo),
}

/// A rule about a text.
pub(crate) struct TextRule {
    pub(crate) info: RuleInfo,
    /// Whether a text meets the rule. It allocates nothing.
    pub(crate) holds: fn(&str) -> bool,
    /// Explains why a text breaks the rule.
    pub(crate) explain: fn(&BrokenText<'_>) -> Explanation,
}

/// A rule about the ids of an array.
pub(crate) struct IdsRule {
    pub(crate) info: RuleInfo,
    /// Whether an array meets the rule. It allocates nothing, unless the array is long and out of order.
    pub(crate) holds: fn(Ids<'_>, &Context<'_>) -> bool,
    /// Reports each element that breaks the rule.
    pub(crate) explain: fn(Ids<'_>, &Context<'_>, &mut ReportElement<'_>),
}

/// Takes the index of an element that breaks a rule. The explanation is made only where it is shown.
pub(crate) type ReportElement<'a> = dyn FnMut(usize, &dyn Fn() -> Explanation) + 'a;

/// What rules look at besides the request.
pub(crate) struct Context<'a> {
    pub(crate) catalogue: Option<&'a Catalogue>,
}

/// The ids of a field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ids<'a> {
    Realms(&'a [RealmId]),
    /// With those that the request shows.
    SubRealms {
        ids: &'a [SubRealmId],
        shown: &'a [SubRealmId],
    },
}

/// A text that breaks a rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrokenText<'a> {
    pub(crate) field: &'a str,
    /// Whether the request must have the field.
    pub(crate) required: bool,
    pub(crate) text: &'a str,
}

/// What fills the template of a rule's message, and the suggestion.
#[derive(Debug, Default)]
pub(crate) struct Explanation {
    pub(crate) expected: Cow<'static, str>,
    pub(crate) found: String,
    pub(crate) remedy: Cow<'static, str>,
    pub(crate) suggestion: Option<String>,
}

impl TextRule {
    /// The rule as garde runs it.
    pub(crate) fn check(&'static self) -> impl Fn(&&str, &Context<'_>) -> garde::Result {
        move |text, _| result((self.holds)(text), &self.info)
    }
}

impl IdsRule {
    /// The rule as garde runs it.
    pub(crate) fn check(&'static self) -> impl Fn(&Ids<'_>, &Context<'_>) -> garde::Result {
        move |ids, context| result((self.holds)(*ids, context), &self.info)
    }
}

/// garde's message is the rule's code. It becomes words when there is something to explain.
fn result(holds: bool, info: &RuleInfo) -> garde::Result {
    if holds { Ok(()) } else { Err(garde::Error::new(info.code)) }
}
