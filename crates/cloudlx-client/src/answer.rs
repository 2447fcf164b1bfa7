//! Reading the body of an answer, up to a bound.

use reqwest::Response;

/// The longest answer that is read: 64 MiB, some 40,000 customers. No paging is documented (sibling), so a list comes
/// whole or not at all; a longer answer is [`Error::Unexpected`](crate::Error::Unexpected).
pub const MAX_ANSWER_BYTES: usize = 64 << 20;

/// How much of a body is kept that is not what was asked for: 64 KiB. The rest is not read.
pub const MAX_ERROR_BODY_BYTES: usize = 64 << 10;

/// A body, or its beginning.
pub(crate) struct Read {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

/// Why reading ended.
pub(crate) enum End {
    /// The body is whole.
    Whole,
    /// The bound was reached and more was to come.
    Bound,
    /// The connection broke, or the time ran out.
    Broken(reqwest::Error),
}

/// Reads up to `bound` bytes. Of a body that announces more, only the beginning is read.
pub(crate) async fn read(response: &mut Response, bound: usize) -> Read {
    let announced = response.content_length().unwrap_or(0);
    let bound = if announced > bound as u64 { bound.min(MAX_ERROR_BODY_BYTES) } else { bound };
    let mut bytes = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > bound => {
                bytes.extend(chunk.into_iter().take(bound - bytes.len()));
                break End::Bound;
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break End::Whole,
            Err(error) => break End::Broken(error),
        }
    };
    Read { bytes, end }
}
