//! Reads the body of a response, up to a limit.

use reqwest::Response;

/// The longest response that is read into memory: 64 MiB. That is some 40,000 customers, or some hundred thousand that have few
/// realms. No paging is documented (sibling); for a list in pages, the limit applies to all pages together. A longer response
/// is [`Error::Unexpected`](crate::Error::Unexpected). [`Client::fold_customers`](crate::Client::fold_customers) has no such
/// limit.
pub const MAX_ANSWER_BYTES: usize = 64 << 20;

/// How much of an unexpected body an error keeps: 64 KiB. The rest is not read.
pub const MAX_ERROR_BODY_BYTES: usize = 64 << 10;

/// A body, or its beginning.
pub(crate) struct ReadBody {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

/// Why the client stopped reading.
pub(crate) enum End {
    /// The body is whole.
    Whole,
    /// The body is longer than the limit.
    TooLong,
    /// The connection broke, or a time limit ended the wait.
    Broken(reqwest::Error),
}

/// Reads up to `limit` bytes. Of a body that announces more, only the beginning is read.
pub(crate) async fn read(response: &mut Response, limit: usize) -> ReadBody {
    let announced = response.content_length().unwrap_or(0);
    let limit = if announced > limit as u64 { limit.min(MAX_ERROR_BODY_BYTES) } else { limit };
    let mut bytes = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => {
                bytes.extend(chunk.into_iter().take(limit - bytes.len()));
                break End::TooLong;
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break End::Whole,
            Err(error) => break End::Broken(error),
        }
    };
    ReadBody { bytes, end }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use bytes::Bytes;
    use http_body::{Body, Frame};

    use super::*;

    /// A body that does not announce its length.
    struct Chunks(VecDeque<&'static str>);

    impl Body for Chunks {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(|chunk| Ok(Frame::data(Bytes::from_static(chunk.as_bytes())))))
        }
    }

    async fn read_from(body: impl Into<reqwest::Body>, limit: usize) -> (String, bool) {
        let read = read(&mut Response::from(http::Response::new(body)), limit).await;
        (String::from_utf8(read.bytes).unwrap(), matches!(read.end, End::Whole))
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        let chunks = |chunks: &[&'static str]| reqwest::Body::wrap(Chunks(chunks.iter().copied().collect()));
        for (sent, read, whole) in [
            (&["abc", "de"] as &[_], "abcde", true),
            (&["abc", "def"], "abcde", false),
            (&["abcde", "f"], "abcde", false),
            (&["abcdefg"], "abcde", false),
            (&[], "", true),
        ] {
            assert_eq!(read_from(chunks(sent), 5).await, (read.to_owned(), whole), "{sent:?}");
        }
        assert_eq!(read_from("abcde", 5).await, ("abcde".to_owned(), true));
    }

    #[tokio::test]
    async fn of_a_body_that_announces_more_the_beginning_is_read() {
        let limit = MAX_ERROR_BODY_BYTES + 1;
        let (kept, whole) = read_from("x".repeat(limit + 1), limit).await;
        assert_eq!((kept.len(), whole), (MAX_ERROR_BODY_BYTES, false));
    }
}
