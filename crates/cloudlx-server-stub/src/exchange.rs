//! One request and its answer: the checks in their order, the body within its bounds, the record of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use cloudlx_model::{Auth, MEDIA_TYPE};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, EXPECT, HeaderName, HeaderValue, WWW_AUTHENTICATE,
};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tokio::time::{sleep, timeout};

use crate::accept::allows_v1;
use crate::answer::{Answer, shortened};
use crate::beside;
use crate::content_type::Content;
use crate::control::Access;
use crate::endpoints::Call;
use crate::faults::{Action, Instead};
use crate::journal::{RecordedRequest, Secrets};
use crate::route::{Found, Route};
use crate::script::Script;
use crate::state::{Limits, State};

/// How much of a refused body is read and thrown away, in bytes, so that its sender gets to see the answer.
const DRAINED: usize = 16 * 1024 * 1024;

/// What comes of a request.
pub(crate) enum Reply {
    /// An answer over HTTP.
    Http(Response<Full<Bytes>>),
    /// The end of the connection, by a fault.
    Script(Script),
}

/// Answers a request as the API does, but for faults, and keeps a record of both.
pub(crate) async fn answer(state: Arc<State>, request: Request<Incoming>) -> Reply {
    let (head, mut body) = request.into_parts();
    if let Some(answer) = beside::answer(&state, &head, &mut body).await {
        drain(body, &head, &answer, state.limits);
        return Reply::Http(answer.into_response());
    }
    let found = state.routes.find(&head.method, head.uri.path());
    let fault = state.faults.of_request(found.as_ref().ok().map(|found| found.route.endpoint.name));
    let private = !found.as_ref().is_ok_and(|found| found.route.endpoint.auth == Auth::Bearer);
    let unprocessed = match &fault {
        Some(Action::Before(before)) => before.instead().await,
        _ => None,
    };
    let (mut instead, bytes) = if let Some(instead) = unprocessed {
        (instead, Bytes::new())
    } else {
        let later = fault.as_ref().map_or(Duration::ZERO, Action::commits_late_by);
        let (answer, bytes) = process(&state, &head, &mut body, found, later).await;
        (Instead::Answer(answer), bytes)
    };
    if let Instead::Answer(answer) = &instead {
        drain(body, &head, answer, state.limits);
    }
    let authorization = text(&head.headers, &AUTHORIZATION).unwrap_or_default();
    let known = state.clients.secrets().chain(state.control.as_ref().and_then(Access::secret));
    let secrets = Secrets::new(known.chain(authorization.rsplit(' ').next()));
    state.journal.record(record(&head, &mut instead, fault.as_ref()), &bytes, private, &secrets);
    if !state.limits.latency.is_zero() {
        sleep(state.limits.latency).await;
    }
    match (instead, fault) {
        (Instead::Answer(answer), Some(Action::After(after))) => {
            after.instead_of(answer, head.method == Method::HEAD).await.into()
        }
        (instead, _) => instead.into(),
    }
}

impl From<Instead> for Reply {
    fn from(instead: Instead) -> Self {
        match instead {
            Instead::Answer(answer) => Self::Http(answer.into_response()),
            Instead::Script(script) => Self::Script(script),
        }
    }
}

/// All checks, and what the endpoint does. Gives the body back for the journal, when it was read.
async fn process(
    state: &State,
    head: &Parts,
    body: &mut Incoming,
    found: Result<Found<'_>, Answer>,
    later: Duration,
) -> (Answer, Bytes) {
    match admit(state, head, body, found) {
        Ok(admitted) => respond(state, head, body, admitted, later).await,
        Err(answer) => (answer, Bytes::new()),
    }
}

/// A request whose head is in order.
struct Admitted<'a> {
    found: Found<'a>,
    content: Content,
}

/// The checks that need no more than the head, in the order that the design fixes: 404 and 405 (which `found` brings),
/// 401, 406, 415, 413.
fn admit<'a>(
    state: &State,
    head: &Parts,
    body: &Incoming,
    found: Result<Found<'a>, Answer>,
) -> Result<Admitted<'a>, Answer> {
    let found = found?;
    if found.route.endpoint.auth == Auth::Bearer {
        let authorization = text(&head.headers, &AUTHORIZATION);
        state.tokens.check(authorization.as_deref()).map_err(|refused| {
            let answer = Answer::error(StatusCode::UNAUTHORIZED, refused.to_string());
            answer.with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        })?;
    }
    let accept = text(&head.headers, &ACCEPT).unwrap_or_default();
    if !allows_v1(&accept) {
        let came = shortened(&accept);
        let message =
            format!("expected an Accept that allows {MEDIA_TYPE}, found {came:?}: send that media type");
        return Err(Answer::error(StatusCode::NOT_ACCEPTABLE, message));
    }
    if found.route.reads.is_empty() {
        return Ok(Admitted { found, content: Content::Json });
    }
    let content = content(head, found.route)?;
    if body.size_hint().lower() > u64::try_from(state.limits.body).unwrap_or(u64::MAX) {
        return Err(too_large(state.limits));
    }
    Ok(Admitted { found, content })
}

fn content(head: &Parts, route: &Route) -> Result<Content, Answer> {
    let named = text(&head.headers, &CONTENT_TYPE);
    match Content::named_by(named.as_deref()) {
        Some(content) if route.reads.contains(&content) => Ok(content),
        _ => {
            let readable: Vec<_> = route.reads.iter().map(|content| content.media_type()).collect();
            let (readable, came) = (readable.join(" or "), shortened(named.as_deref().unwrap_or_default()));
            let message =
                format!("expected the Content-Type {readable}, found {came:?}: send the body as such");
            Err(Answer::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
        }
    }
}

/// Reads the body where the endpoint has one, and lets its handler answer: 413 (a body that did not say its length),
/// 400, 422, 200.
async fn respond(
    state: &State,
    head: &Parts,
    body: &mut Incoming,
    admitted: Admitted<'_>,
    later: Duration,
) -> (Answer, Bytes) {
    let Admitted { found: Found { route, id }, content } = admitted;
    let bytes = if route.reads.is_empty() {
        Bytes::new()
    } else {
        match read(body, state.limits).await {
            Ok(bytes) => bytes,
            Err(answer) => return (answer, Bytes::new()),
        }
    };
    let call = Call { id, query: head.uri.query(), content, body: &bytes, later };
    let answer = guarded(|| (route.handle)(state, &call));
    (answer, bytes)
}

/// Reads a body within its bounds: 413, 408, or 400 when it breaks off.
pub(crate) async fn read(body: &mut Incoming, limits: Limits) -> Result<Bytes, Answer> {
    match timeout(limits.body_time, Limited::new(body, limits.body).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limits)),
        Ok(Err(_)) => {
            let message = "expected a body in HTTP/1.1 framing, found one that breaks off: send all of it";
            Err(Answer::error(StatusCode::BAD_REQUEST, message))
        }
        Err(_) => {
            let message = format!(
                "expected the body within {:?}, found no end of it: send it faster",
                limits.body_time
            );
            let answer = Answer::error(StatusCode::REQUEST_TIMEOUT, message);
            Err(answer.with(CONNECTION, HeaderValue::from_static("close")))
        }
    }
}

fn too_large(limits: Limits) -> Answer {
    let message = format!("expected a body of at most {} bytes, found a longer one: send less", limits.body);
    Answer::error(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// Runs a handler so that a bug in it costs one answer and not the connection.
fn guarded(handler: impl FnOnce() -> Answer) -> Answer {
    catch_unwind(AssertUnwindSafe(handler)).unwrap_or_else(|_| {
        let message = "the stub failed on this request, which is a bug in the stub: please report it";
        Answer::error(StatusCode::INTERNAL_SERVER_ERROR, message)
    })
}

/// Goes on reading a body that was refused unread, aside, within bounds. Otherwise the connection would be closed with
/// data still coming in, and many senders would see it reset and never the answer.
///
/// Not for a caller that waits for `100 Continue`: reading would ask it for the body. Not after a timeout either.
fn drain(mut body: Incoming, head: &Parts, answer: &Answer, limits: Limits) {
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

/// The record of a request, as yet without its body.
fn record(head: &Parts, instead: &mut Instead, fault: Option<&Action>) -> RecordedRequest {
    let (status, message, violations) = match instead {
        Instead::Answer(answer) => {
            (answer.status.as_u16(), answer.message.take(), std::mem::take(&mut answer.violations))
        }
        Instead::Script(_) => (0, None, Vec::new()),
    };
    RecordedRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        accept: text(&head.headers, &ACCEPT),
        content_type: text(&head.headers, &CONTENT_TYPE),
        body: Vec::new(),
        body_length: 0,
        status,
        message,
        violations,
        // A fault was read from JSON or can be, so it can be written.
        fault: fault.and_then(|fault| serde_json::to_string(fault).ok()),
    }
}

/// The values of a header, joined by commas as RFC 9110 (5.3) allows; bytes that are no text are marked as such.
pub(crate) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values: Vec<_> =
        headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    if values.is_empty() { None } else { Some(values.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_that_panics_is_answered_500() {
        let answer = guarded(|| panic!("a bug"));
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn values_of_one_header_are_joined() {
        let mut headers = HeaderMap::new();
        assert_eq!(text(&headers, &ACCEPT), None);
        headers.append(ACCEPT, HeaderValue::from_static("a/b"));
        headers.append(ACCEPT, HeaderValue::from_bytes(b"c/\xff").unwrap());
        assert_eq!(text(&headers, &ACCEPT).as_deref(), Some("a/b, c/\u{fffd}"));
    }
}
