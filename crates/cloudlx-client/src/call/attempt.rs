//! One attempt at a call: a request out, an answer in.

use std::time::Duration;

use bytes::Bytes;
use cloudlx_model::{AccessTokenRequest, Auth, Endpoint, MEDIA_TYPE, Method};
use cloudlx_validate::plain::Glance;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Body, Response, StatusCode, Url};
use secrecy::SecretString;
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use tracing::Instrument;

use crate::auth::bearer::Bearer;
use crate::call::answered::Answered;
use crate::call::raw_answer::RawAnswer;
use crate::call::retry::has_time;
use crate::call::spans;
use crate::error::Error;
use crate::paging::Paging;
use crate::proof::outcome::Operation;
use crate::proof::said_by;
use crate::redact::Redactor;
use crate::response::body::{self, End, MAX_ANSWER_BYTES, MAX_ERROR_BODY_BYTES};
use crate::response::error_payload::{ErrorPayload, RawBody};
use crate::response::head::ResponseHead;
use crate::response::retry_after::RetryAfter;
use crate::success::json_problem::JsonProblem;
use crate::success::read::{Check, Problem, ReadSuccess, Unread};
use crate::time::call_time::CallTime;
use crate::time::time_limit::{TimeLimit, Waited};
use crate::transport::connection_fault::{ConnectionFault, Route};
use crate::transport::connections::Connections;
use crate::transport::once_body::{Gate, OnceBody, Seal, Sent};
use crate::transport::proxy::Proxy;
use crate::transport::target::Target;

/// What all attempts at a call have in common, apart from the endpoint.
pub(crate) struct Call<'a> {
    pub(crate) http: &'a reqwest::Client,
    pub(crate) connections: &'a Connections,
    /// One for each request that may be under way.
    pub(crate) permits: &'a Semaphore,
    pub(crate) url: Url,
    pub(crate) operation: Operation,
    pub(crate) target: Target,
    /// The proxy that the environment names for it.
    pub(crate) proxy: Option<&'a Proxy>,
    /// The request's type, as JSON, where the method has a body.
    pub(crate) body: Option<Bytes>,
    /// Asked, when the body is about to leave, whether it may.
    pub(crate) gate: Option<Gate>,
    /// Overrides the HTTP client's own.
    pub(crate) user_agent: Option<&'a HeaderValue>,
    /// What no message may show, whether it is sent or not.
    pub(crate) secret: Option<&'a SecretString>,
    /// The time from the start of an attempt to the last byte of the answer.
    pub(crate) timeout: Duration,
    /// The time to the first byte of the answer, where that is another one.
    pub(crate) head_timeout: Option<Duration>,
    /// The time for a connection, where it is known.
    pub(crate) connect_timeout: Option<Duration>,
    /// The time of the whole call.
    pub(crate) time: CallTime,
}

/// One attempt at a call.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) call: &'a Call<'a>,
    /// Which one it is, from 1.
    pub(crate) number: u32,
    /// When it began.
    pub(crate) began: Instant,
    /// The token, where the endpoint asks for one.
    pub(crate) bearer: Option<&'a Bearer>,
    /// The token that was refused before.
    pub(crate) refused: Option<&'a Bearer>,
}

impl Call<'_> {
    /// With the request as the body.
    pub(crate) fn json(mut self, request: &impl Serialize) -> Result<Self, Error> {
        match serde_json::to_vec(request) {
            Ok(json) => self.body = Some(json.into()),
            Err(source) => return Err(Error::NotBuilt { target: self.target, source: source.into() }),
        }
        Ok(self)
    }

    /// The attempt with this number, as yet without a token.
    pub(crate) fn attempt(&self, number: u32) -> Attempt<'_> {
        Attempt { call: self, number, began: Instant::now(), bearer: None, refused: None }
    }
}

impl Attempt<'_> {
    /// Makes the attempt.
    pub(crate) async fn make<E: Endpoint, R: ReadSuccess>(
        &self,
        success: &R,
    ) -> Result<Answered<R::Body>, Error> {
        let span = spans::attempt::<E>(self.number);
        let attempt = Self { began: Instant::now(), ..*self };
        let ended = attempt.ask::<E, R>(success).instrument(span.clone()).await;
        spans::attempt_ended(&span, &ended);
        ended
    }

    /// Makes the attempt, and takes whatever is answered.
    pub(crate) async fn observe<E: Endpoint>(&self, check: Check) -> Result<Answered<RawAnswer>, Error> {
        let span = spans::attempt::<E>(self.number);
        let attempt = Self { began: Instant::now(), ..*self };
        let ended = attempt.look::<E>(check).instrument(span.clone()).await;
        spans::attempt_ended(&span, &ended);
        ended
    }

    async fn ask<E: Endpoint, R: ReadSuccess>(&self, success: &R) -> Result<Answered<R::Body>, Error> {
        let _permit = self.permit().await?;
        let (mut response, seal) = self.send::<E>().await?;
        let status = response.status();
        if status.is_success() {
            return match success.read(&mut response).await {
                Ok(body) => Ok(Answered { attempt: self.number, status, body }),
                Err(unread) => Err(self.unread::<E>(&response, unread, seal.as_ref())),
            };
        }
        let head = self.head(response.headers());
        if status.is_redirection() {
            let said_by = said_by::redirected(status.as_u16(), &self.call.url, head.location.as_deref());
            return Err(Error::Redirected { target: self.target(), status, head, said_by });
        }
        Err(self.refusal(status, head, &mut response).await)
    }

    fn head(&self, headers: &HeaderMap) -> Box<ResponseHead> {
        let proxy = self.call.proxy.cloned();
        Box::new(ResponseHead { proxy, ..ResponseHead::read(headers, &self.redactor()) })
    }

    async fn look<E: Endpoint>(&self, check: Check) -> Result<Answered<RawAnswer>, Error> {
        let _permit = self.permit().await?;
        let (mut response, seal) = self.send::<E>().await?;
        let (target, status) = (self.target(), response.status());
        let head = self.head(response.headers());
        let media_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let media_type = media_type.map(|it| self.redactor().clean(&String::from_utf8_lossy(it)));
        let retry_after = RetryAfter::from_headers(response.headers());
        let paging = Box::new(Paging::of_head(status, response.headers()));
        let read = body::read(&mut response, MAX_ANSWER_BYTES).await;
        match read.end {
            End::Whole => {
                let problem = status.is_success().then(|| check(&read.bytes, media_type.as_deref()).err());
                let unusable = problem.flatten().map(|problem| problem.outline(&read.bytes));
                let body =
                    RawAnswer { target, status, media_type, retry_after, paging, body: read.bytes, unusable };
                Ok(Answered { attempt: self.number, status, body })
            }
            End::Broken(source) => Err(Error::NoAnswer {
                target,
                sent: sent(seal.as_ref()),
                status: Some(status),
                head: Some(head),
                body: None,
                timed_out: self.limit_of(&source),
                source: source.without_url().into(),
            }),
            End::Bound => {
                let problem = format!("a body of more than {MAX_ANSWER_BYTES} bytes");
                Err(Error::Unexpected {
                    target,
                    status,
                    head,
                    problem,
                    ends_early: false,
                    too_long: true,
                    body: None,
                })
            }
        }
    }

    /// Waits until the request may go out. It is under way for as long as the permit is held.
    async fn permit(&self) -> Result<SemaphorePermit<'_>, Error> {
        // There nearly always is one, and then no clock has to be asked.
        if let Ok(permit) = self.call.permits.try_acquire() {
            return Ok(permit);
        }
        match tokio::time::timeout(self.call.time.left(), self.call.permits.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            // Nobody closes the semaphore: it was the time.
            _ => Err(self.out_of_time()),
        }
    }

    fn out_of_time(&self) -> Error {
        let time = self.call.time;
        let needed = (self.call.operation == Operation::Create).then_some(time.whole_attempt);
        Error::OutOfTime { target: self.target(), limit: time.limit, needed }
    }

    /// The limit that ended a wait which has just ended.
    fn limit(&self, is_connect: bool) -> TimeLimit {
        let time = self.call.time;
        let waited = Waited {
            time: self.began.elapsed(),
            connect: self.call.connect_timeout,
            // A list that is read as it comes has an attempt's time for each piece, and a timer of its own.
            attempt: self.call.head_timeout.unwrap_or(self.call.timeout),
            call: time.limit,
            left: time.left(),
        };
        waited.limit(is_connect)
    }

    fn limit_of(&self, error: &reqwest::Error) -> Option<Box<TimeLimit>> {
        error.is_timeout().then(|| Box::new(self.limit(error.is_connect())))
    }

    /// The answer, as far as its head, and the seal of the request's body, if it has one.
    async fn send<E: Endpoint>(&self) -> Result<(Response, Option<Seal>), Error> {
        self.call.connections.see_what_was_closed().await;
        let (operation, time) = (self.call.operation, self.call.time);
        let left = time.left();
        if !has_time(operation, Duration::ZERO, left, time.whole_attempt) {
            return Err(self.out_of_time());
        }
        let (request, seal) = self.request::<E>(self.call.timeout.min(left));
        let answer = self.call.http.execute(request);
        let answered = match self.call.head_timeout {
            None => answer.await,
            Some(head_timeout) => match tokio::time::timeout(head_timeout, answer).await {
                Ok(answered) => answered,
                Err(elapsed) => {
                    let limit = Some(Box::new(self.limit(false)));
                    return Err(no_answer(self.target(), sent(seal.as_ref()), limit, elapsed.into()));
                }
            },
        };
        match answered {
            Ok(response) => {
                self.call.connections.answered();
                Ok((response, seal))
            }
            Err(source) => Err(self.unanswered(seal.as_ref(), source.without_url())),
        }
    }

    /// The request, and the seal of its body, if it has one.
    fn request<E: Endpoint>(&self, timeout: Duration) -> (reqwest::Request, Option<Seal>) {
        let method = match E::METHOD {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut request = reqwest::Request::new(method, self.call.url.clone());
        *request.headers_mut() = self.headers::<E>();
        *request.timeout_mut() = Some(timeout);
        let seal = self.call.body.clone().map(|bytes| {
            let (body, seal) = OnceBody::new(bytes, self.call.gate.clone());
            *request.body_mut() = Some(Body::wrap(body));
            seal
        });
        (request, seal)
    }

    fn headers<E: Endpoint>(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(ACCEPT, HeaderValue::from_static(MEDIA_TYPE));
        if let (Auth::Bearer, Some(bearer)) = (E::AUTH, self.bearer) {
            headers.insert(AUTHORIZATION, bearer.header.clone());
        }
        if self.call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(user_agent) = self.call.user_agent {
            headers.insert(USER_AGENT, user_agent.clone());
        }
        headers
    }

    /// An answer that reports success, and of which nothing could be made.
    fn unread<E: Endpoint>(&self, response: &Response, unread: Unread, seal: Option<&Seal>) -> Error {
        let (target, status, head) = (self.target(), response.status(), self.head(response.headers()));
        // An answer of the token endpoint may hold a token that nobody knows yet, and so nobody could redact.
        let kept = |bytes: &[u8], cut| (!is_token::<E>()).then(|| Box::new(self.raw_body(bytes, cut)));
        let (problem, beginning, cut) = match unread {
            Unread::Broken { timed_out, source, beginning } => {
                return Error::NoAnswer {
                    target,
                    sent: sent(seal),
                    status: Some(status),
                    head: Some(head),
                    body: kept(&beginning, true).filter(|body| !body.text.is_empty()),
                    timed_out: timed_out.then(|| Box::new(self.limit(false))),
                    source,
                };
            }
            Unread::Other { problem, beginning, cut } => (problem, beginning, cut),
        };
        let body = kept(&beginning, cut);
        let ends_early = problem.ends_early(&beginning);
        let too_long = matches!(problem, Problem::TooLong(_));
        let mut problem = self.problem::<E>(&problem, &beginning);
        if let Some(encoding) = &head.content_encoding {
            problem = format!("{problem}, encoded as {}, which was not asked for", Glance(encoding));
        }
        Error::Unexpected { target, status, head, problem, ends_early, too_long, body }
    }

    /// What is wrong with a body. The parser's own words can quote it, so they are redacted, or left out.
    fn problem<E: Endpoint>(&self, problem: &Problem, beginning: &[u8]) -> String {
        let error = match problem {
            Problem::TooLong(_) | Problem::CustomerTooLong(_) => return problem.outline(beginning),
            Problem::Token(problem) => return problem.describe(&self.redactor()),
            Problem::Json(error) => error,
        };
        if is_token::<E>() {
            return problem.outline(beginning);
        }
        let kind = problem.kind(beginning);
        format!("{kind} ({})", Glance(&self.redactor().clean(&JsonProblem(error).to_string())))
    }

    fn raw_body(&self, bytes: &[u8], cut: bool) -> RawBody {
        let kept = bytes.get(..MAX_ERROR_BODY_BYTES).unwrap_or(bytes);
        RawBody::read(kept, cut || kept.len() < bytes.len(), &self.redactor())
    }

    /// An answer that is neither a success nor a redirect. A body that is cut off proves nothing.
    async fn refusal(&self, status: StatusCode, head: Box<ResponseHead>, response: &mut Response) -> Error {
        let retry_after = RetryAfter::from_headers(response.headers());
        let read = body::read(response, MAX_ERROR_BODY_BYTES).await;
        let cut = !matches!(read.end, End::Whole);
        let said_by = said_by::refused(status.as_u16(), &head, &read.bytes, !cut);
        let payload = Box::new(ErrorPayload::read(&read.bytes, cut, &self.redactor()));
        let target = self.target();
        match self.bearer {
            Some(bearer) if status == StatusCode::UNAUTHORIZED => {
                Error::Unauthorized { target, token: bearer.kind, head, said_by, payload }
            }
            _ => Error::Status { target, status, retry_after, head, said_by, payload },
        }
    }

    /// No answer began. Where a body was to be sent, it alone says whether it was; a request without one changes nothing.
    fn unanswered(&self, seal: Option<&Seal>, source: reqwest::Error) -> Error {
        let (target, timed_out) = (self.target(), self.limit_of(&source));
        let sent = match seal {
            None if source.is_connect() || source.is_builder() => Sent::Nothing,
            seal => sent(seal),
        };
        match sent {
            Sent::Nothing if source.is_builder() => Error::NotBuilt { target, source: source.into() },
            Sent::Nothing => Error::NotSent {
                fault: ConnectionFault::find(&source, Route::new(&target, self.call.proxy)).map(Box::new),
                proxy: self.call.proxy.cloned().map(Box::new),
                target,
                no_connection: source.is_connect(),
                timed_out,
                source: source.into(),
            },
            Sent::Part | Sent::All => no_answer(target, sent, timed_out, source.into()),
        }
    }

    pub(crate) fn target(&self) -> Target {
        Target { attempt: self.number, ..self.call.target.clone() }
    }

    fn redactor(&self) -> Redactor {
        let tokens = [self.bearer, self.refused].into_iter().flatten().map(|bearer| &bearer.secret);
        Redactor::new(tokens.chain(self.call.secret))
    }
}

/// No answer began, though the request was sent.
fn no_answer(
    target: Target,
    sent: Sent,
    timed_out: Option<Box<TimeLimit>>,
    source: Box<dyn std::error::Error + Send + Sync>,
) -> Error {
    Error::NoAnswer { target, sent, status: None, head: None, body: None, timed_out, source }
}

fn sent(seal: Option<&Seal>) -> Sent {
    seal.map_or(Sent::All, Seal::close)
}

fn is_token<E: Endpoint>() -> bool {
    E::NAME == AccessTokenRequest::NAME
}

#[cfg(test)]
mod tests {
    use http_body::Body as _;

    use super::*;
    use crate::success::read::Whole;

    /// A call for a token that nobody answers.
    fn call<'a>(http: &'a reqwest::Client, permits: &'a Semaphore, connections: &'a Connections) -> Call<'a> {
        let url = Url::parse("http://127.0.0.1:9").unwrap();
        Call {
            http,
            connections,
            permits,
            target: Target::of::<AccessTokenRequest>(&url),
            proxy: None,
            operation: Operation::Read,
            url,
            body: Some(Bytes::from_static(b"{}")),
            gate: None,
            user_agent: None,
            secret: None,
            timeout: Duration::from_secs(1),
            head_timeout: None,
            connect_timeout: None,
            time: CallTime::start(Duration::from_secs(5), Duration::from_secs(1)),
        }
    }

    fn http() -> reqwest::Client {
        let http = reqwest::Client::builder().no_proxy();
        #[cfg(feature = "rustls")]
        let http = http.tls_certs_only([]);
        http.build().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_other_requests_ends_with_the_time_of_the_call() {
        let (http, permits, connections) = (http(), Semaphore::new(0), Connections::new());
        let call = call(&http, &permits, &connections);
        let error = call.attempt(1).make::<AccessTokenRequest, _>(&Whole::<()>::NEW).await.err().unwrap();
        assert!(matches!(error, Error::OutOfTime { .. }), "{error:?}");
        assert_eq!(call.time.started.elapsed(), Duration::from_secs(5));
    }

    #[tokio::test]
    async fn a_body_that_was_given_out_counts_whatever_the_error_says() {
        let (http, permits, connections) = (http(), Semaphore::new(0), Connections::new());
        let call = call(&http, &permits, &connections);
        let unanswered = |seal| {
            let of_building = reqwest::Client::builder().user_agent("\n").build().unwrap_err();
            assert!(of_building.is_builder());
            call.attempt(1).unanswered(seal, of_building)
        };

        let (body, seal) = OnceBody::new(Bytes::from_static(b"{}"), None);
        assert!(matches!(unanswered(Some(&seal)), Error::NotBuilt { .. }));
        drop(body);

        let (mut body, seal) = OnceBody::new(Bytes::from_static(b"{}"), None);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(std::pin::Pin::new(&mut body).poll_frame(&mut context).is_ready());
        assert!(matches!(unanswered(Some(&seal)), Error::NoAnswer { .. }));
        assert!(matches!(unanswered(None), Error::NotBuilt { .. }));
    }
}
