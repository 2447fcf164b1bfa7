//! How the body of a response that reports success is read. Most calls read the whole body, and then parse it.

use std::marker::PhantomData;

use reqwest::Response;
use serde::de::DeserializeOwned;

use crate::response::body::{self, End, MAX_ANSWER_BYTES};
use crate::response::byte_order_mark::without_byte_order_mark;
use crate::success::problem::Problem;

/// Reads the body of a response that reports success.
pub(crate) trait ReadSuccess: Sync {
    /// What the body is read into.
    type Body;

    fn read(&self, response: &mut Response) -> impl Future<Output = Result<Self::Body, ReadFailure>> + Send;
}

/// Why a body was not read.
pub(crate) enum ReadFailure {
    /// The connection broke, or a time limit ended the wait.
    Broken {
        timed_out: bool,
        source: Box<dyn std::error::Error + Send + Sync>,
        /// What arrived before: at least as much as an error keeps. Nothing of a list that is parsed while it arrives.
        beginning: Vec<u8>,
    },
    /// The body is not the documented one.
    Unusable {
        problem: Problem,
        /// At least as much as an error keeps.
        beginning: Vec<u8>,
        /// Whether the body is longer than `beginning`.
        cut: bool,
    },
}

/// Reads the whole body into memory, up to [`MAX_ANSWER_BYTES`], and parses it as a `T`.
pub(crate) struct WholeBody<T>(PhantomData<fn() -> T>);

impl<T> WholeBody<T> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<T: DeserializeOwned> ReadSuccess for WholeBody<T> {
    type Body = T;

    async fn read(&self, response: &mut Response) -> Result<T, ReadFailure> {
        let read = body::read(response, MAX_ANSWER_BYTES).await;
        let (problem, cut) = match read.end {
            End::Broken(source) => return Err(ReadFailure::broken(source, read.bytes)),
            End::TooLong => (Problem::TooLong(MAX_ANSWER_BYTES), true),
            End::Whole => match parse(&read.bytes) {
                Ok(body) => return Ok(body),
                Err(error) => (Problem::Json(error), false),
            },
        };
        Err(ReadFailure::Unusable { problem, beginning: read.bytes, cut })
    }
}

impl ReadFailure {
    pub(crate) fn broken(source: reqwest::Error, beginning: Vec<u8>) -> Self {
        Self::Broken { timed_out: source.is_timeout(), source: source.without_url().into(), beginning }
    }
}

/// Finds what is wrong with the body of a response that reports success, given its media type.
pub(crate) type Check = fn(&[u8], Option<&str>) -> Result<(), Problem>;

/// Whether a body can be parsed as a `T`.
pub(crate) fn check<T: DeserializeOwned>(body: &[u8]) -> Result<(), Problem> {
    parse::<T>(body).map(drop).map_err(Problem::Json)
}

/// Parses the body as one UTF-8 text, so that the parser need not check each string. Where the body is not UTF-8, the parser
/// reports the place.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let bytes = without_byte_order_mark(bytes);
    str::from_utf8(bytes).map_or_else(|_| serde_json::from_slice(bytes), serde_json::from_str)
}
