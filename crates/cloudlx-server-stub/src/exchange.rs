//! One request and its answer: the checks in their order, the body within its bounds, the record of it.

use std::borrow::Cow;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use cloudlx_model::{Auth, EndpointInfo, MEDIA_TYPE, Method as ModelMethod};
use http_body_util::{Either, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE,
};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tokio::time::sleep;

use crate::api::accept::allows_v1;
use crate::api::answer::{Answer, Body, shortened};
use crate::api::content_type::Content;
use crate::api::endpoints::Call;
use crate::api::rate_limit::{Allowed, TooMany};
use crate::api::routes::{Found, Route};
use crate::auth::{Caller, Rights, Use, bearer};
use crate::faults::{Action, Commit, Instead};
use crate::observe::expect::Came;
use crate::observe::requests::{RecordedRequest, Secrets};
use crate::server::{Limits, State};
use crate::side;
use crate::side::control::Access;
use crate::wire::body::{drain, read_in_turn, too_large};
use crate::wire::raw_script::Script;

/// What comes of a request.
pub(crate) enum Reply {
    /// An answer over HTTP.
    Http(Response<Body>),
    /// The end of the connection, by a fault.
    Script(Script),
}

/// Answers a request as the API does, but for faults, and keeps a record of both.
pub(crate) async fn answer(state: Arc<State>, request: Request<Incoming>) -> Reply {
    let (head, mut body) = request.into_parts();
    if let Some(answer) = side::answer(&state, &head, &mut body).await {
        drain(body, &head, &answer, state.limits);
        return Reply::Http(over_http(answer, &state));
    }
    let headers = Headers::of(&head);
    let found = state.routes.find(&head.method, head.uri.path());
    let endpoint = found.as_ref().ok().map(|found| found.route.endpoint.name);
    let mut serving =
        state.watcher.sees(&head.method, found.as_ref().ok().map(|found| &found.route.endpoint));
    let fault = state.faults.of_request(endpoint);
    let private = !found.as_ref().is_ok_and(|found| found.route.endpoint.auth == Auth::Bearer);
    let unprocessed = match &fault {
        Some(Action::Before(before)) => before.instead().await,
        _ => None,
    };
    let (mut instead, bytes) = if let Some(instead) = unprocessed {
        (instead, Bytes::new())
    } else {
        let commit = fault.as_ref().map_or_else(Commit::default, Action::commit);
        let (answer, bytes) = process(&state, &head, &headers, &mut body, found, commit).await;
        (Instead::Answer(answer), bytes)
    };
    if let Instead::Answer(answer) = &instead {
        drain(body, &head, answer, state.limits);
        if let Some(serving) = &mut serving {
            serving.broke(answer.violations.iter().map(|violation| violation.rule));
        }
    }
    let known = state.clients.secrets().chain(state.control.as_ref().and_then(Access::secret));
    let sent = headers.authorization.as_deref().and_then(|authorization| authorization.rsplit(' ').next());
    let secrets = Secrets::new(known.chain(sent));
    let request = record(&head, &headers, &mut instead, fault.as_ref()).made_safe(&bytes, private, &secrets);
    state.expectations.see(&Came::new(endpoint, &request, &bytes));
    state.journal.record(request);
    if !state.limits.latency.is_zero() {
        sleep(state.limits.latency).await;
    }
    let instead = match (instead, fault) {
        (Instead::Answer(answer), Some(Action::After(after))) => {
            let answer = if after.needs_the_whole() { answer.whole(&*state.store).await } else { answer };
            let refused = (!says_done(answer.status)).then(|| answer.clone());
            match (after.instead_of(answer, head.method == Method::HEAD).await, refused) {
                // It was not processed, and nothing is to say that it was.
                (Instead::Answer(told), Some(refused)) if says_done(told.status) => Instead::Answer(refused),
                (instead, _) => instead,
            }
        }
        (instead, _) => instead,
    };
    let reply = match instead {
        Instead::Answer(answer) => Reply::Http(over_http(answer, &state)),
        Instead::Script(script) => Reply::Script(script),
    };
    if let Some(serving) = serving {
        serving.ends_with(reply.status());
    }
    match reply {
        Reply::Http(response) if head.method == Method::HEAD => Reply::Http(without_body(response)),
        reply => reply,
    }
}

/// The headers that the stub looks at, as text.
struct Headers<'a> {
    authorization: Option<Cow<'a, str>>,
    accept: Option<Cow<'a, str>>,
    content_type: Option<Cow<'a, str>>,
}

impl<'a> Headers<'a> {
    fn of(head: &'a Parts) -> Self {
        Self {
            authorization: text(&head.headers, &AUTHORIZATION),
            accept: text(&head.headers, &ACCEPT),
            content_type: text(&head.headers, &CONTENT_TYPE),
        }
    }
}

/// Whether an answer says that the request was processed.
fn says_done(status: StatusCode) -> bool {
    status.is_success() || status.is_redirection()
}

/// What `HEAD` gets: the headers of the answer, its length among them, and nothing else. hyper's HTTP/2 would send the body.
/// A list that is sent as it is read has no length that is known.
fn without_body(mut response: Response<Body>) -> Response<Body> {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    *response.body_mut() = Either::Left(Full::default());
    response
}

impl Reply {
    fn status(&self) -> Option<u16> {
        match self {
            Self::Http(response) => Some(response.status().as_u16()),
            Self::Script(_) => None,
        }
    }
}

/// An answer as HTTP knows it. A long list is read while it is sent.
fn over_http(answer: Answer, state: &Arc<State>) -> Response<Body> {
    answer.into_response(|rest, sender| {
        let state = Arc::clone(state);
        tokio::spawn(async move { rest.send(&*state.store, sender).await });
    })
}

/// All checks, and what the endpoint does. Gives the body back for the journal, when it was read.
async fn process(
    state: &State,
    head: &Parts,
    headers: &Headers<'_>,
    body: &mut Incoming,
    found: Result<Found<'_>, Answer>,
    commit: Commit<'_>,
) -> (Answer, Bytes) {
    let refused = |answer| (answer, Bytes::new());
    let found = match found {
        Ok(found) => found,
        Err(answer) => return refused(answer),
    };
    let entry = match let_in(state, headers, &found.route.endpoint).await {
        Ok(entry) => entry,
        Err(answer) => return refused(answer),
    };
    let admitted = permit(&found.route.endpoint, entry.caller.as_ref())
        .and_then(|()| admit(state.limits, headers, body, found));
    let (answer, bytes) = match admitted {
        Ok(admitted) => respond(state, head, body, admitted, commit).await,
        Err(answer) => refused(answer),
    };
    (entry.allowed.into_iter().fold(answer, |answer, allowed| allowed.said_in(answer)), bytes)
}

/// A caller who was let in: who it is, where that must be known, and what its rate limit leaves, where it has one.
#[derive(Default)]
struct Entry {
    caller: Option<Caller>,
    allowed: Option<Allowed>,
}

/// Who calls: 401, and 429.
async fn let_in(state: &State, headers: &Headers<'_>, endpoint: &EndpointInfo) -> Result<Entry, Answer> {
    if endpoint.auth == Auth::None {
        return Ok(Entry::default());
    }
    let found = match bearer(headers.authorization.as_deref()) {
        Ok(token) => state.store.find(Use::Access, token).await.map_err(|error| Answer::state(&error))?,
        Err(refused) => Err(refused),
    };
    let caller = found.map_err(|refused| {
        let answer = Answer::error(StatusCode::UNAUTHORIZED, refused.to_string());
        answer.with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    })?;
    let allowed = state.rate_limit.as_ref().map(|limit| limit.count(&caller.client_id)).transpose();
    Ok(Entry { allowed: allowed.map_err(TooMany::answer)?, caller: Some(caller) })
}

/// Whether the caller may do this: 403.
fn permit(endpoint: &EndpointInfo, caller: Option<&Caller>) -> Result<(), Answer> {
    match caller {
        Some(Caller { client_id, rights: Rights::Read }) if endpoint.method != ModelMethod::Get => {
            let message = format!(
                "expected a client that may create, found {}, which may only read: use the token of another client",
                shortened(client_id)
            );
            Err(Answer::error(StatusCode::FORBIDDEN, message))
        }
        _ => Ok(()),
    }
}

/// A request whose head is in order.
struct Admitted<'a> {
    found: Found<'a>,
    content: Content,
}

/// The checks of the other headers, in the order that the design fixes: 406, 415, 413.
fn admit<'a>(
    limits: Limits,
    headers: &Headers<'_>,
    body: &Incoming,
    found: Found<'a>,
) -> Result<Admitted<'a>, Answer> {
    let accept = headers.accept.as_deref().unwrap_or_default();
    if !allows_v1(accept) {
        let came = shortened(accept);
        let message =
            format!("expected an Accept that allows {MEDIA_TYPE}, found {came:?}: send that media type");
        return Err(Answer::error(StatusCode::NOT_ACCEPTABLE, message));
    }
    if found.route.reads.is_empty() {
        return Ok(Admitted { found, content: Content::Json });
    }
    let content = content(headers, found.route)?;
    if body.size_hint().lower() > u64::try_from(limits.body).unwrap_or(u64::MAX) {
        return Err(too_large(limits));
    }
    Ok(Admitted { found, content })
}

fn content(headers: &Headers<'_>, route: &Route) -> Result<Content, Answer> {
    let named = headers.content_type.as_deref();
    match Content::named_by(named) {
        Some(content) if route.reads.contains(&content) => Ok(content),
        _ => {
            let readable: Vec<_> = route.reads.iter().map(|content| content.media_type()).collect();
            let (readable, came) = (readable.join(" or "), shortened(named.unwrap_or_default()));
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
    commit: Commit<'_>,
) -> (Answer, Bytes) {
    let Admitted { found: Found { route, id }, content } = admitted;
    let bytes = if route.reads.is_empty() {
        Bytes::new()
    } else {
        match read_in_turn(state, body).await {
            Ok(bytes) => bytes,
            Err(answer) => return (answer, Bytes::new()),
        }
    };
    let call = Call { id, head, content, body: &bytes, commit };
    let answer = guarded(async { (route.handle)(state, &call).await }).await;
    (answer, bytes)
}

/// Runs a handler so that a bug in it costs one answer and not the connection.
async fn guarded(handler: impl Future<Output = Answer>) -> Answer {
    let mut handler = pin!(handler);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context))).unwrap_or_else(|_| {
            let message = "the stub failed on this request, which is a bug in the stub: please report it";
            Poll::Ready(Answer::error(StatusCode::INTERNAL_SERVER_ERROR, message))
        })
    })
    .await
}

/// The record of a request, as yet without its body.
fn record(
    head: &Parts,
    headers: &Headers<'_>,
    instead: &mut Instead,
    fault: Option<&Action>,
) -> RecordedRequest {
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
        accept: headers.accept.as_deref().map(str::to_owned),
        content_type: headers.content_type.as_deref().map(str::to_owned),
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
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, str>> {
    let mut values = headers.get_all(name).iter().map(HeaderValue::as_bytes).map(|value| {
        // It looks at many bytes at once, as the other does not.
        str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed)
    });
    let first = values.next()?;
    Some(values.fold(first, |joined, value| joined + ", " + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_is_answered_500() {
        let answer = guarded(async { panic!("a bug") }).await;
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
