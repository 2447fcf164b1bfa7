//! Reading the body of a request: all of it, within its bounds, or none.

use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONNECTION, EXPECT, HeaderValue};
use hyper::http::request::Parts;
use tokio::time::{Instant, sleep, timeout};

use crate::api::answer::Answer;
use crate::server::{Limits, State};

/// How much of a refused body is read and thrown away, in bytes, so that its sender gets to see the answer.
const DRAINED: usize = 16 * 1024 * 1024;

/// How long a body is that many may send at once, in bytes: a customer with some thousand ids.
const SMALL_BODY: usize = 16 * 1024;

/// A body that comes in.
struct Coming<'a> {
    body: Limited<&'a mut Incoming>,
    limits: Limits,
    /// When it was waited for first. What is there already takes no clock and no timer.
    waited_since: Option<Instant>,
}

impl<'a> Coming<'a> {
    fn new(body: &'a mut Incoming, limits: Limits) -> Self {
        Self { body: Limited::new(body, limits.body), limits, waited_since: None }
    }

    /// What has come already and what comes after it, to the end or until it is so long.
    async fn add_to(&mut self, mut whole: Vec<u8>, enough: usize) -> Result<Vec<u8>, Answer> {
        while whole.len() < enough
            && !self.body.is_end_stream()
            && let Some(part) = self.next().await?
        {
            whole.extend_from_slice(&part);
        }
        Ok(whole)
    }

    /// The next part, which can be empty; none after the last.
    async fn next(&mut self) -> Result<Option<Bytes>, Answer> {
        let Self { body, limits, waited_since } = self;
        let frame = tokio::select! {
            biased;
            frame = body.frame() => frame,
            refused = too_late(*limits, waited_since) => return Err(refused),
        };
        match frame.transpose() {
            Ok(frame) => Ok(frame.map(|frame| frame.into_data().unwrap_or_default())),
            Err(error) if error.is::<LengthLimitError>() => Err(too_large(*limits)),
            Err(_) => {
                let message =
                    "expected a whole body, found one that breaks off or is framed wrongly: send all of it";
                Err(Answer::error(StatusCode::BAD_REQUEST, message))
            }
        }
    }

    fn left(&mut self) -> Duration {
        left(self.limits, &mut self.waited_since)
    }
}

/// Reads a body within its bounds: 413, 408, or 400 when it breaks off.
pub(crate) async fn read(body: &mut Incoming, limits: Limits) -> Result<Bytes, Answer> {
    let mut coming = Coming::new(body, limits);
    coming.add_to(Vec::new(), usize::MAX).await.map(Into::into)
}

/// Reads one of many bodies as [`read`] does, and the large ones a few at a time.
pub(crate) async fn read_in_turn(state: &State, body: &mut Incoming) -> Result<Bytes, Answer> {
    let limits = state.limits;
    let mut coming = Coming::new(body, limits);
    let Some(first) = coming.next().await? else { return Ok(Bytes::new()) };
    // Mostly it comes as one, and stays where it is.
    if coming.body.is_end_stream() {
        return Ok(first);
    }
    let mut begun = coming.add_to(first.into(), SMALL_BODY).await?;
    if coming.body.is_end_stream() || begun.len() < SMALL_BODY {
        return Ok(begun.into());
    }
    // Nobody closes the semaphore.
    let Ok(_turn) = timeout(coming.left(), state.large_bodies.acquire()).await else {
        return Err(too_slow(&format!("within {:?}, found no end of it", limits.body_time)));
    };
    // All of it at once, where it said its length: growing would take twice as much.
    let rest = usize::try_from(coming.body.size_hint().lower()).unwrap_or(usize::MAX);
    begun.reserve_exact(rest.min(limits.body.saturating_sub(begun.len())));
    coming.add_to(begun, usize::MAX).await.map(Into::into)
}

/// The answer to a body that is too long.
pub(crate) fn too_large(limits: Limits) -> Answer {
    let message = format!("expected a body of at most {} bytes, found a longer one: send less", limits.body);
    Answer::error(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// Goes on reading a body that was refused unread, aside, within bounds. Otherwise the connection would be closed with
/// data still coming in, and many senders would see it reset and never the answer.
///
/// Not for a caller that waits for `100 Continue`: reading would ask it for the body. Not after a timeout either.
pub(crate) fn drain(mut body: Incoming, head: &Parts, answer: &Answer, limits: Limits) {
    if body.is_end_stream()
        || head.headers.contains_key(EXPECT)
        || answer.status == StatusCode::REQUEST_TIMEOUT
    {
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

/// What to say when the time for a body is over, or that for its next part.
async fn too_late(limits: Limits, waited_since: &mut Option<Instant>) -> Answer {
    let left = left(limits, waited_since);
    sleep(left.min(limits.body_pause)).await;
    if left <= limits.body_pause {
        too_slow(&format!("within {:?}, found no end of it", limits.body_time))
    } else {
        too_slow(&format!("without pauses of {:?}, found one", limits.body_pause))
    }
}

/// The time that is left for a body.
fn left(limits: Limits, waited_since: &mut Option<Instant>) -> Duration {
    limits.body_time.saturating_sub(waited_since.get_or_insert_with(Instant::now).elapsed())
}

fn too_slow(expected: &str) -> Answer {
    let message = format!("expected the body {expected}: send it faster");
    let answer = Answer::error(StatusCode::REQUEST_TIMEOUT, message);
    answer.with(CONNECTION, HeaderValue::from_static("close"))
}
