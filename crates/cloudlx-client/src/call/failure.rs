//! Turns the end of a failed attempt into an error.

use cloudlx_model::{AccessTokenRequest, Endpoint};
use cloudlx_validate::plain::Glance;
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};

use crate::call::context::Attempt;
use crate::error::call::Error;
use crate::proof::outcome::Operation;
use crate::proof::said_by;
use crate::response::body::{self, End, MAX_ERROR_BODY_BYTES};
use crate::response::error_payload::{ErrorPayload, RawBody};
use crate::response::head::ResponseHead;
use crate::response::retry_after::RetryAfter;
use crate::success::json_problem::JsonProblem;
use crate::success::problem::Problem;
use crate::success::read::ReadFailure;
use crate::time::time_limit::{TimeLimit, TimeLimits};
use crate::transport::connection_fault::Route;
use crate::transport::diagnosis::connection_fault;
use crate::transport::once_body::{Seal, Sent};
use crate::transport::target::Target;

impl Attempt<'_> {
    /// The head of the response, without secrets.
    pub(crate) fn head(&self, headers: &HeaderMap) -> Box<ResponseHead> {
        let proxy = self.call.proxy.cloned();
        Box::new(ResponseHead { proxy, ..ResponseHead::read(headers, &self.redactor()) })
    }

    /// The deadline of the call leaves no time to send the request.
    pub(crate) fn out_of_time(&self) -> Error {
        let deadline = self.call.deadline;
        let needed = (self.call.operation == Operation::Create).then_some(deadline.whole_attempt);
        Error::OutOfTime { target: self.target(), limit: deadline.limit, needed }
    }

    /// The head of the response did not arrive within its own limit.
    pub(crate) fn no_head_in_time(&self, seal: Option<&Seal>, elapsed: tokio::time::error::Elapsed) -> Error {
        let limit = Some(Box::new(self.ended_limit(false)));
        no_answer(self.target(), sent(seal), limit, elapsed.into())
    }

    /// No response began. Where there is a body to send, only the body knows whether it was sent; a request without one
    /// changes nothing on the server.
    pub(crate) fn unanswered(&self, seal: Option<&Seal>, source: reqwest::Error) -> Error {
        let (target, timed_out) = (self.target(), self.time_limit(&source));
        let sent = match seal {
            None if source.is_connect() || source.is_builder() => Sent::Nothing,
            seal => sent(seal),
        };
        match sent {
            Sent::Nothing if source.is_builder() => Error::NotBuilt { target, source: source.into() },
            Sent::Nothing => Error::NotSent {
                fault: connection_fault(&source, Route::new(&target, self.call.proxy)).map(Box::new),
                proxy: self.call.proxy.cloned().map(Box::new),
                target,
                no_connection: source.is_connect(),
                timed_out,
                source: source.into(),
            },
            Sent::Part | Sent::All => no_answer(target, sent, timed_out, source.into()),
        }
    }

    /// The response broke off while its body was read to be kept as it is.
    pub(crate) fn broken_off(
        &self,
        status: StatusCode,
        head: Box<ResponseHead>,
        seal: Option<&Seal>,
        source: reqwest::Error,
    ) -> Error {
        Error::NoAnswer {
            target: self.target(),
            sent: sent(seal),
            status: Some(status),
            head: Some(head),
            body: None,
            timed_out: self.time_limit(&source),
            source: source.without_url().into(),
        }
    }

    /// The response reports success, and its body could not be read.
    pub(crate) fn unread(&self, response: &Response, failure: ReadFailure, seal: Option<&Seal>) -> Error {
        let (target, status, head) = (self.target(), response.status(), self.head(response.headers()));
        // A response of the token endpoint may hold a token that is not known yet, and so could not be redacted.
        let kept = |bytes: &[u8], cut| (!self.is_for_token()).then(|| Box::new(self.raw_body(bytes, cut)));
        let (problem, beginning, cut) = match failure {
            ReadFailure::Broken { timed_out, source, beginning } => {
                return Error::NoAnswer {
                    target,
                    sent: sent(seal),
                    status: Some(status),
                    head: Some(head),
                    body: kept(&beginning, true).filter(|body| !body.text.is_empty()),
                    timed_out: timed_out.then(|| Box::new(self.ended_limit(false))),
                    source,
                };
            }
            ReadFailure::Unusable { problem, beginning, cut } => (problem, beginning, cut),
        };
        let body = kept(&beginning, cut);
        let ends_early = problem.ends_early(&beginning);
        let too_long = matches!(problem, Problem::TooLong(_));
        let mut problem = self.describe(&problem, &beginning);
        if let Some(encoding) = &head.content_encoding {
            problem = format!("{problem}, encoded as {}, which was not asked for", Glance(encoding));
        }
        Error::Unexpected { target, status, head, problem, ends_early, too_long, body }
    }

    /// The response is neither a success nor a redirect. A body that is cut off proves nothing.
    pub(crate) async fn refusal(
        &self,
        status: StatusCode,
        head: Box<ResponseHead>,
        response: &mut Response,
    ) -> Error {
        let retry_after = RetryAfter::from_headers(response.headers());
        let read = body::read(response, MAX_ERROR_BODY_BYTES).await;
        let cut = !matches!(read.end, End::Whole);
        let said_by = said_by::refused_by(status.as_u16(), &head, &read.bytes, !cut);
        let payload = Box::new(ErrorPayload::read(&read.bytes, cut, &self.redactor()));
        let target = self.target();
        match self.bearer {
            Some(bearer) if status == StatusCode::UNAUTHORIZED => {
                Error::Unauthorized { target, token: bearer.kind, head, said_by, payload }
            }
            _ => Error::Status { target, status, retry_after, head, said_by, payload },
        }
    }

    /// What is wrong with a body. A parser's message can quote the body, so it is redacted, or left out.
    fn describe(&self, problem: &Problem, beginning: &[u8]) -> String {
        let error = match problem {
            Problem::TooLong(_) | Problem::CustomerTooLong(_) => return problem.outline(beginning),
            Problem::Token(problem) => return problem.describe(&self.redactor()),
            Problem::Json(error) => error,
        };
        if self.is_for_token() {
            return problem.outline(beginning);
        }
        let kind = problem.kind(beginning);
        format!("{kind} ({})", Glance(&self.redactor().clean(&JsonProblem(error).to_string())))
    }

    fn raw_body(&self, bytes: &[u8], cut: bool) -> RawBody {
        let kept = bytes.get(..MAX_ERROR_BODY_BYTES).unwrap_or(bytes);
        RawBody::read(kept, cut || kept.len() < bytes.len(), &self.redactor())
    }

    /// The limit that an error of the HTTP client reports, if it reports one.
    fn time_limit(&self, error: &reqwest::Error) -> Option<Box<TimeLimit>> {
        error.is_timeout().then(|| Box::new(self.ended_limit(error.is_connect())))
    }

    /// The limit that ended a wait just now.
    fn ended_limit(&self, is_connect: bool) -> TimeLimit {
        let deadline = self.call.deadline;
        let limits = TimeLimits {
            waited: self.started.elapsed(),
            connect: self.call.connect_timeout,
            // A list that is parsed while it arrives has an attempt's time for each piece, and a timer of its own.
            attempt: self.call.head_timeout.unwrap_or(self.call.timeout),
            call: deadline.limit,
            left: deadline.left(),
        };
        limits.ended(is_connect)
    }

    fn is_for_token(&self) -> bool {
        self.call.endpoint.name == AccessTokenRequest::NAME
    }
}

/// No response began, although the request was sent.
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
