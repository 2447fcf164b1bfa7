//! How the body of an answer that reports success is read: whole, for most calls.

use std::marker::PhantomData;

use reqwest::Response;
use serde::de::DeserializeOwned;

use crate::auth::token_answer::TokenProblem;
use crate::response::body::{self, End, MAX_ANSWER_BYTES, without_mark};

/// A way to read it.
pub(crate) trait ReadSuccess: Sync {
    /// What is made of it.
    type Body;

    fn read(&self, response: &mut Response) -> impl Future<Output = Result<Self::Body, Unread>> + Send;
}

/// Why nothing was made of it.
pub(crate) enum Unread {
    /// The connection broke, or the time ran out.
    Broken {
        timed_out: bool,
        source: Box<dyn std::error::Error + Send + Sync>,
        /// What came before, as much of it as an error may keep, or more; none of a list that is read as it comes.
        beginning: Vec<u8>,
    },
    /// It is not what the contract says.
    Other {
        problem: Problem,
        /// As much of it as an error may keep, or more.
        beginning: Vec<u8>,
        /// Whether there was more.
        cut: bool,
    },
}

/// What is wrong with it.
pub(crate) enum Problem {
    /// The body has more bytes than this.
    TooLong(usize),
    /// A customer of the list has more bytes than this.
    CustomerTooLong(usize),
    /// It is not JSON, or other JSON.
    Json(serde_json::Error),
    /// It has no access token that can be used.
    Token(TokenProblem),
}

/// Reads the body into memory, up to [`MAX_ANSWER_BYTES`], and then a `T` out of it.
pub(crate) struct Whole<T>(PhantomData<fn() -> T>);

impl<T> Whole<T> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<T: DeserializeOwned> ReadSuccess for Whole<T> {
    type Body = T;

    async fn read(&self, response: &mut Response) -> Result<T, Unread> {
        let read = body::read(response, MAX_ANSWER_BYTES).await;
        let (problem, cut) = match read.end {
            End::Broken(source) => return Err(Unread::broken(source, read.bytes)),
            End::Bound => (Problem::TooLong(MAX_ANSWER_BYTES), true),
            End::Whole => match parse(&read.bytes) {
                Ok(body) => return Ok(body),
                Err(error) => (Problem::Json(error), false),
            },
        };
        Err(Unread::Other { problem, beginning: read.bytes, cut })
    }
}

/// Says what is wrong with the body of an answer that reports success, given its media type.
pub(crate) type Check = fn(&[u8], Option<&str>) -> Result<(), Problem>;

impl Problem {
    /// What is wrong with the body that begins so, in words that quote nothing of it.
    pub(crate) fn outline(&self, beginning: &[u8]) -> String {
        match self {
            Self::TooLong(bytes) => format!("a body of more than {bytes} bytes"),
            Self::CustomerTooLong(bytes) => format!("a customer of more than {bytes} bytes"),
            Self::Token(problem) => problem.to_string(),
            Self::Json(error) => {
                format!("{} (line {}, column {})", self.kind(beginning), error.line(), error.column())
            }
        }
    }

    /// What kind of body it is instead of the documented one.
    pub(crate) fn kind(&self, beginning: &[u8]) -> &'static str {
        match self {
            Self::Json(error) if error.is_data() => "other JSON",
            _ if self.ends_early(beginning) => "JSON that ends too soon",
            _ => "a body that is not JSON",
        }
    }

    /// Whether the body, of which this is the beginning, is the beginning of JSON and no more.
    pub(crate) fn ends_early(&self, beginning: &[u8]) -> bool {
        matches!(self, Self::Json(error) if error.is_eof()) && !beginning.trim_ascii().is_empty()
    }
}

/// Whether a `T` can be read out of a body.
pub(crate) fn check<T: DeserializeOwned>(body: &[u8]) -> Result<(), Problem> {
    parse::<T>(body).map(drop).map_err(Problem::Json)
}

/// As text, whose strings need not be looked through one by one; where it is none, the parser says where.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let bytes = without_mark(bytes);
    str::from_utf8(bytes).map_or_else(|_| serde_json::from_slice(bytes), serde_json::from_str)
}

impl Unread {
    pub(crate) fn broken(source: reqwest::Error, beginning: Vec<u8>) -> Self {
        Self::Broken { timed_out: source.is_timeout(), source: source.without_url().into(), beginning }
    }
}
