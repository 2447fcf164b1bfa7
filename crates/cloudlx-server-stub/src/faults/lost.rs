//! What a caller gets instead of an answer that is lost.

use serde::{Deserialize, Serialize};

use super::canned::CannedAnswer;

/// What comes in the place of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Lost {
    /// Nothing, until the caller gives up.
    #[default]
    NeverAnswer,
    /// The end of the connection.
    Close,
    /// Another answer, such as a gateway's 504.
    Answer(CannedAnswer),
}
