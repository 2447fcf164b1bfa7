//! Reading the body of a request: all of it, within its limits, or none.

use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::EXPECT;
use hyper::http::request::Parts;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

use super::limits::Limits;

/// How much of a refused body is read and thrown away, in bytes, so that its sender sees the answer.
const DRAINED: usize = 16 * 1024 * 1024;

/// The longest body, in bytes, that needs no permit: a customer with some thousand ids.
const SMALL_BODY: usize = 16 * 1024;

/// How many large bodies are read at once.
const LARGE_BODIES: usize = 32;

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("expected a body of at most {limit} bytes, found a longer one: send less")]
    TooLarge { limit: usize },
    #[error("expected the body within {limit:?}, found no end of it: send it faster")]
    TooSlow { limit: Duration },
    #[error("expected the body without pauses of {limit:?}, found one: send it faster")]
    Paused { limit: Duration },
    #[error("expected a whole body, found one that breaks off or is framed wrongly: send all of it")]
    Incomplete,
}

/// Reads the bodies of many requests: small ones at once, large ones a few at a time.
pub(crate) struct BodyReader {
    limits: Limits,
    /// Each large body needs one of these permits. A body that waits for one stays unread.
    large: Semaphore,
}

impl BodyReader {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, large: Semaphore::new(LARGE_BODIES) }
    }

    /// Refuses a body that says it is too long, before any of it is read.
    pub(crate) fn check_length(&self, body: &Incoming) -> Result<(), BodyError> {
        let limit = self.limits.body;
        if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
            return Err(BodyError::TooLarge { limit });
        }
        Ok(())
    }

    /// Reads a whole body.
    pub(crate) async fn read(&self, body: &mut Incoming) -> Result<Bytes, BodyError> {
        let limits = self.limits;
        let mut reading = Reading::new(body, limits);
        let Some(first) = reading.next().await? else { return Ok(Bytes::new()) };
        // Most bodies arrive in one part, which needs no copy.
        if reading.body.is_end_stream() {
            return Ok(first);
        }
        let mut begun = reading.append_to(first.into(), SMALL_BODY).await?;
        if reading.body.is_end_stream() || begun.len() < SMALL_BODY {
            return Ok(begun.into());
        }
        // Nobody closes the semaphore.
        let Ok(_permit) = timeout(reading.time_left(), self.large.acquire()).await else {
            return Err(BodyError::TooSlow { limit: limits.body_time });
        };
        // Room for all of it at once, where it gave its length: growing would take twice as much.
        let rest = usize::try_from(reading.body.size_hint().lower()).unwrap_or(usize::MAX);
        begun.reserve_exact(rest.min(limits.body.saturating_sub(begun.len())));
        reading.append_to(begun, usize::MAX).await.map(Into::into)
    }
}

/// Reads a whole body that is one of few, without a permit.
pub(crate) async fn read(body: &mut Incoming, limits: Limits) -> Result<Bytes, BodyError> {
    Reading::new(body, limits).append_to(Vec::new(), usize::MAX).await.map(Into::into)
}

/// A body that is being read.
struct Reading<'a> {
    body: Limited<&'a mut Incoming>,
    limits: Limits,
    /// When the first wait began. A body that has arrived already needs no clock and no timer.
    waiting_since: Option<Instant>,
}

impl<'a> Reading<'a> {
    fn new(body: &'a mut Incoming, limits: Limits) -> Self {
        Self { body: Limited::new(body, limits.body), limits, waiting_since: None }
    }

    /// Appends the next parts, to the end of the body or until there are `enough` bytes.
    async fn append_to(&mut self, mut whole: Vec<u8>, enough: usize) -> Result<Vec<u8>, BodyError> {
        while whole.len() < enough
            && !self.body.is_end_stream()
            && let Some(part) = self.next().await?
        {
            whole.extend_from_slice(&part);
        }
        Ok(whole)
    }

    /// The next part, which can be empty; none after the last.
    async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        let Self { body, limits, waiting_since } = self;
        let frame = tokio::select! {
            biased;
            frame = body.frame() => frame,
            late = too_late(*limits, waiting_since) => return Err(late),
        };
        match frame.transpose() {
            Ok(frame) => Ok(frame.map(|frame| frame.into_data().unwrap_or_default())),
            Err(error) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge { limit: limits.body }),
            Err(_) => Err(BodyError::Incomplete),
        }
    }

    fn time_left(&mut self) -> Duration {
        time_left(self.limits, &mut self.waiting_since)
    }
}

/// Completes when the time for the body is over, or that for its next part.
async fn too_late(limits: Limits, waiting_since: &mut Option<Instant>) -> BodyError {
    let left = time_left(limits, waiting_since);
    sleep(left.min(limits.body_pause)).await;
    if left <= limits.body_pause {
        BodyError::TooSlow { limit: limits.body_time }
    } else {
        BodyError::Paused { limit: limits.body_pause }
    }
}

fn time_left(limits: Limits, waiting_since: &mut Option<Instant>) -> Duration {
    limits.body_time.saturating_sub(waiting_since.get_or_insert_with(Instant::now).elapsed())
}

/// Reads the rest of a refused body in a task of its own, within limits. Otherwise the connection would be closed while data
/// still arrives, and many senders would see a reset and never the answer.
///
/// Not for a caller that waits for `100 Continue`: reading would ask it for the body. Not after a timeout either.
pub(crate) fn drain(mut body: Incoming, head: &Parts, answered: StatusCode, limits: Limits) {
    if body.is_end_stream() || head.headers.contains_key(EXPECT) || answered == StatusCode::REQUEST_TIMEOUT {
        return;
    }
    tokio::spawn(timeout(limits.body_time, async move {
        let mut left = DRAINED;
        while let Some(Ok(frame)) = body.frame().await {
            match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
                Some(less) => left = less,
                None => break,
            }
        }
    }));
}
