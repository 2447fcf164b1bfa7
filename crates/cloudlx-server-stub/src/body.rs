//! Reading the body of a request: all of it, within its bounds, or none.

use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONNECTION, EXPECT, HeaderValue};
use hyper::http::request::Parts;
use tokio::time::{Instant, timeout};

use crate::answer::Answer;
use crate::state::{Limits, State};

/// How much of a refused body is read and thrown away, in bytes, so that its sender gets to see the answer.
const DRAINED: usize = 16 * 1024 * 1024;

/// How long a body is that many may send at once, in bytes: a customer with some thousand ids.
const SMALL_BODY: usize = 16 * 1024;

/// Reads a body within its bounds: 413, 408, or 400 when it breaks off.
pub(crate) async fn read(body: &mut Incoming, limits: Limits) -> Result<Bytes, Answer> {
    let until = Instant::now().checked_add(limits.body_time);
    read_until(until, &mut Limited::new(body, limits.body), limits, usize::MAX, Vec::new())
        .await
        .map(Into::into)
}

/// Reads one of many bodies as [`read`] does, and the large ones a few at a time.
pub(crate) async fn read_in_turn(state: &State, body: &mut Incoming) -> Result<Bytes, Answer> {
    let limits = state.limits;
    let until = Instant::now().checked_add(limits.body_time);
    let mut body = Limited::new(body, limits.body);
    let mut begun = read_until(until, &mut body, limits, SMALL_BODY, Vec::new()).await?;
    if body.is_end_stream() || begun.len() < SMALL_BODY {
        return Ok(begun.into());
    }
    // Nobody closes the semaphore.
    let Ok(_turn) = timeout(left(until), state.large_bodies.acquire()).await else {
        return Err(too_slow(&format!("within {:?}, found no end of it", limits.body_time)));
    };
    // All of it at once, where it said its length: growing would take twice as much.
    let rest = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    begun.reserve_exact(rest.min(limits.body.saturating_sub(begun.len())));
    read_until(until, &mut body, limits, usize::MAX, begun).await.map(Into::into)
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

/// Reads on after what has come already, to the end or until it is so long.
async fn read_until(
    until: Option<Instant>,
    body: &mut Limited<&mut Incoming>,
    limits: Limits,
    enough: usize,
    mut whole: Vec<u8>,
) -> Result<Vec<u8>, Answer> {
    while whole.len() < enough && !body.is_end_stream() {
        let left = left(until);
        match timeout(left.min(limits.body_pause), body.frame()).await {
            Ok(None) => break,
            Ok(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    whole.extend_from_slice(data);
                }
            }
            Ok(Some(Err(error))) if error.is::<LengthLimitError>() => return Err(too_large(limits)),
            Ok(Some(Err(_))) => {
                let message =
                    "expected a whole body, found one that breaks off or is framed wrongly: send all of it";
                return Err(Answer::error(StatusCode::BAD_REQUEST, message));
            }
            Err(_) if left <= limits.body_pause => {
                return Err(too_slow(&format!("within {:?}, found no end of it", limits.body_time)));
            }
            Err(_) => {
                return Err(too_slow(&format!("without pauses of {:?}, found one", limits.body_pause)));
            }
        }
    }
    Ok(whole)
}

/// The time until then; without an end when there is none.
fn left(until: Option<Instant>) -> Duration {
    until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()))
}

fn too_slow(expected: &str) -> Answer {
    let message = format!("expected the body {expected}: send it faster");
    let answer = Answer::error(StatusCode::REQUEST_TIMEOUT, message);
    answer.with(CONNECTION, HeaderValue::from_static("close"))
}
