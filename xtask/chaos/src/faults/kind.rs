//! A kind of fault, and the requests that it hits.

use serde_json::Value;

use crate::world::{Nature, World};

/// A kind of fault.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    /// The name that its hits are counted under.
    pub(crate) name: String,
    /// The endpoint whose requests it hits; `None` for faults of connections.
    pub(crate) endpoint: Option<&'static str>,
    /// The stub's actions; each start of the stub uses one.
    pub(crate) actions: Vec<Value>,
    /// Where it happens.
    pub(crate) worlds: Worlds,
}

/// The worlds that a kind happens in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worlds {
    /// In all.
    All,
    /// In worlds of a nature.
    Of(Nature),
    /// In worlds whose lists have pages.
    Paged,
}

impl Worlds {
    pub(crate) fn have(self, world: &World) -> bool {
        match self {
            Self::All => true,
            Self::Of(nature) => world.nature.has(nature),
            Self::Paged => world.page_size.is_some(),
        }
    }
}

pub(crate) const CREATE: &str = "create_customer";
pub(crate) const LIST: &str = "list_customers";
pub(crate) const TOKEN: &str = "access_token";

impl Kind {
    pub(crate) fn new(endpoint: Option<&'static str>, action: Value, worlds: Worlds) -> Self {
        let name = format!("{} {}", endpoint.unwrap_or("connection"), words(&action));
        Self { name, endpoint, actions: vec![action], worlds }
    }

    /// Whether it alters the response to a create.
    pub(crate) fn is_an_altered_answer(&self) -> bool {
        let alters = self.actions.iter().any(|action| action.pointer("/after/alter").is_some());
        self.worlds == Worlds::Of(Nature::Alters) && alters
    }
}

/// An action in one line.
fn words(action: &Value) -> String {
    match action {
        Value::Object(fields) => {
            let words = fields.iter().map(|(name, value)| format!("{name} {}", words(value)));
            words.collect::<Vec<_>>().join(" ").trim_end().to_owned()
        }
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
