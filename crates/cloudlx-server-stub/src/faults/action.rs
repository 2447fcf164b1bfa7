//! What a fault does to a request or a connection.

use std::num::NonZeroUsize;
use std::time::Duration;

use cloudlx_model::{CreateCustomer, Endpoint, ListCustomers};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer_headers::AnswerHeaders;
use super::canned::{CannedAnswer, Status};
use super::lost::Lost;
use super::milliseconds;
use super::rename::{NameForm, Rename};

/// What happens to a connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConnectionAction {
    /// It is refused, and so is every other until the time is over or the faults change: nothing listens at the port,
    /// which stays the stub's. They count as one connection. A connection that the system had let in by then is reset.
    /// The control endpoint is refused as well.
    Refuse(Refusal),
    /// It is closed as soon as it is there, before anything is read. A caller that has sent something already sees it
    /// reset.
    Close,
}

/// How long connections are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// How long.
    #[serde(rename = "for_ms", with = "milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub lasts: Duration,
}

/// What happens to a request, and whether it is processed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Something that comes before it is processed. But for a delay, it never is.
    Before(Before),
    /// Something that comes after it was processed, checks included.
    After(After),
}

/// What happens before a request is processed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Before {
    /// It is processed and answered as ever, later. Not when the caller gives up before that.
    Delay(Delay),
    /// The connection is closed once the headers are read.
    Close,
    /// The connection is reset once the headers are read.
    Reset,
    /// Nothing happens until the caller gives up.
    NeverAnswer,
    /// This is the answer, also to a good token.
    Answer(CannedAnswer),
}

/// What happens after a request was processed. Of one that was refused no answer says that it was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum After {
    /// The answer comes later.
    Delay(Delay),
    /// The connection is closed without an answer.
    Close,
    /// No answer comes until the caller gives up.
    NeverAnswer,
    /// The connection is reset in the middle of the answer.
    Reset(Cut),
    /// The answer breaks off.
    CutShort(CutShort),
    /// The answer comes a few bytes at a time, and the connection is closed after it.
    Drip(Drip),
    /// This is the answer instead, although all was done.
    Answer(CannedAnswer),
    /// The status and the headers are as ever, and the body is HTML.
    NotJson,
    /// The answer lacks a value.
    Without(Without),
    /// The answer is another.
    Alter(Alteration),
    /// The customer appears later, and its id is taken at once. Of creates only.
    CommitLate(LateCommit),
    /// The customer is kept under a name that is not the one that was sent. Of creates only.
    Rename(Rename),
    /// The list lacks customers. Of lists of customers only.
    LeaveOut(LeaveOut),
}

/// A wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// How long.
    #[serde(rename = "by_ms", with = "milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub by: Duration,
}

/// Where an answer ends too early.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// How many bytes of the body are sent. Absent means half of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "usize"))]
    pub body_bytes: Option<usize>,
}

/// An answer that breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CutShort {
    /// How many bytes of the body are sent. Absent means half of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "usize"))]
    pub body_bytes: Option<usize>,
    /// What `Content-Length` says.
    pub content_length: ContentLength,
}

/// What the `Content-Length` of an answer that breaks off says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ContentLength {
    /// The length of the whole body: a reader can tell that bytes are missing when the connection closes.
    OfTheWhole,
    /// The length of what is sent: to a reader the answer is complete, and only its JSON is not.
    OfWhatIsSent,
}

/// How slowly an answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Drip {
    /// How many bytes are sent at a time.
    pub bytes: NonZeroUsize,
    /// How long the stub waits before each next bytes.
    #[serde(rename = "every_ms", with = "milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub every: Duration,
}

/// What an answer lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Without {
    /// The value, as an RFC 6901 pointer, such as `/id` or `/customers/0/name`. Where there is none nothing changes.
    pub pointer: String,
}

/// How an answer is changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Alteration {
    /// Another status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Status"))]
    pub status: Option<Status>,
    /// Another `Content-Type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub media_type: Option<MediaType>,
    /// A JSON merge patch (RFC 7396) of the body: fields that it adds or replaces, null for those to remove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Value"))]
    pub patch: Option<Value>,
    /// Other headers, and other values of those that the answer has, such as a `Link` by which a list says that it has
    /// another page.
    #[serde(default, skip_serializing_if = "AnswerHeaders::is_empty")]
    pub headers: AnswerHeaders,
}

/// A value for `Content-Type`: visible ASCII characters and spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaType(String);

/// A text that is not a media type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a media type, found {found:?}: write one such as text/html")]
pub struct NoMediaType {
    found: String,
}

/// A create whose customer appears later.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LateCommit {
    /// How much later, by the stub's clock.
    #[serde(rename = "by_ms", with = "milliseconds")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub by: Duration,
    /// What the caller gets in the meantime.
    #[serde(default)]
    pub then: Lost,
}

/// Which customers a list lacks, by their places in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeaveOut {
    /// The first of them, counted from 1.
    #[serde(default = "first")]
    pub from: NonZeroUsize,
    /// How many there are. Absent means all that follow, as of a list that shows its first page only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "usize"))]
    pub count: Option<usize>,
}

impl ConnectionAction {
    /// Refuses connections for this time.
    #[must_use]
    pub fn refuse_for(lasts: Duration) -> Self {
        Self::Refuse(Refusal { lasts })
    }
}

impl Before {
    /// Processes the request later by this time.
    #[must_use]
    pub fn delay_by(by: Duration) -> Self {
        Self::Delay(Delay { by })
    }
}

impl After {
    /// Sends the answer later by this time.
    #[must_use]
    pub fn delay_by(by: Duration) -> Self {
        Self::Delay(Delay { by })
    }

    /// Breaks the answer off in the middle of its body.
    #[must_use]
    pub fn cut_short(content_length: ContentLength) -> Self {
        Self::CutShort(CutShort { body_bytes: None, content_length })
    }

    /// Sends the answer byte by byte.
    #[must_use]
    pub fn drip_every(every: Duration) -> Self {
        Self::Drip(Drip { bytes: NonZeroUsize::MIN, every })
    }

    /// Removes the value at `pointer` from the answer.
    #[must_use]
    pub fn without(pointer: impl Into<String>) -> Self {
        Self::Without(Without { pointer: pointer.into() })
    }

    /// Patches the answer's body (RFC 7396).
    #[must_use]
    pub fn patched(patch: Value) -> Self {
        Self::Alter(Alteration { patch: Some(patch), ..Alteration::default() })
    }

    /// Sets these headers of the answer, and replaces those of the same names.
    #[must_use]
    pub fn with_headers(headers: AnswerHeaders) -> Self {
        Self::Alter(Alteration { headers, ..Alteration::default() })
    }

    /// Makes the customer appear later by this time, and sends no answer.
    #[must_use]
    pub fn commit_late_by(by: Duration) -> Self {
        Self::CommitLate(LateCommit { by, then: Lost::NeverAnswer })
    }

    /// Stores the customer under a name of this form, which the answer shows.
    #[must_use]
    pub fn rename(to: NameForm) -> Self {
        Self::Rename(Rename { to, then: None })
    }

    /// Cuts the list to its first `customers`.
    #[must_use]
    pub fn list_only(customers: usize) -> Self {
        Self::LeaveOut(LeaveOut { from: first().saturating_add(customers), count: None })
    }

    /// The only endpoint that the fault can act on, and the fault's name in messages; none when it can act on all.
    pub(super) fn sole_endpoint(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::CommitLate(_) => Some((CreateCustomer::NAME, "a late commit")),
            Self::Rename(_) => Some((CreateCustomer::NAME, "a rename")),
            Self::LeaveOut(_) => Some((ListCustomers::NAME, "customers to leave out")),
            _ => None,
        }
    }
}

fn first() -> NonZeroUsize {
    NonZeroUsize::MIN
}

impl From<Before> for Action {
    fn from(before: Before) -> Self {
        Self::Before(before)
    }
}

impl From<After> for Action {
    fn from(after: After) -> Self {
        Self::After(after)
    }
}

impl MediaType {
    /// The media type.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MediaType {
    type Error = NoMediaType;

    fn try_from(found: String) -> Result<Self, NoMediaType> {
        let fits = found.contains('/') && found.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if fits { Ok(Self(found)) } else { Err(NoMediaType { found }) }
    }
}

impl From<MediaType> for String {
    fn from(MediaType(text): MediaType) -> Self {
        text
    }
}
