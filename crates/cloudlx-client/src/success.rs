//! How the body of an answer that reports success is read: whole, for most calls.

use std::marker::PhantomData;

use reqwest::Response;
use serde::de::DeserializeOwned;

use crate::answer::{self, End, MAX_ANSWER_BYTES};

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
}

/// Reads the body into memory, up to [`MAX_ANSWER_BYTES`], and then a `T` out of it.
pub(crate) struct Whole<T>(PhantomData<fn() -> T>);

impl<T> Whole<T> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<T: DeserializeOwned> ReadSuccess for Whole<T> {
    type Body = T;

    async fn read(&self, response: &mut Response) -> Result<T, Unread> {
        let read = answer::read(response, MAX_ANSWER_BYTES).await;
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

impl Problem {
    /// Whether the body, of which this is the beginning, is the beginning of JSON and no more.
    pub(crate) fn ends_early(&self, beginning: &[u8]) -> bool {
        matches!(self, Self::Json(error) if error.is_eof()) && !beginning.trim_ascii().is_empty()
    }
}

/// As text, whose strings need not be looked through one by one; where it is none, the parser says where.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    str::from_utf8(bytes).map_or_else(|_| serde_json::from_slice(bytes), serde_json::from_str)
}

impl Unread {
    pub(crate) fn broken(source: reqwest::Error, beginning: Vec<u8>) -> Self {
        Self::Broken { timed_out: source.is_timeout(), source: source.without_url().into(), beginning }
    }
}
