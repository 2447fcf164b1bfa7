//! Makes a call once and keeps the response, whatever it is.

use cloudlx_model::Endpoint;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use tokio::time::Instant;
use tracing::Instrument;

use crate::auth::credentials::TokenSource;
use crate::auth::token_answer;
use crate::call::answered::Answered;
use crate::call::caller::Caller;
use crate::call::context::{Attempt, Call};
use crate::call::raw_answer::{RawAnswer, Reading};
use crate::call::spans;
use crate::error::call::Error;
use crate::paging::statements::Paging;
use crate::proof::outcome::Operation;
use crate::response::body::{self, End, MAX_ANSWER_BYTES};
use crate::response::retry_after::RetryAfter;
use crate::success::read::{self, Check};

impl Caller {
    /// One attempt at a call that changes nothing on the server, with a token.
    pub(crate) async fn observe<E: Reading>(&self, request: &E) -> Result<RawAnswer, Error> {
        let call = self.call(request, self.start());
        let span = spans::call(&call.endpoint);
        let observed = self.observe_with_token(&call, check::<E>).instrument(span.clone()).await;
        spans::call_ended(&span, Operation::Read, &observed);
        Ok(observed?.body)
    }

    /// One request for a token. None where the caller gave a token.
    pub(crate) async fn observe_access_token(&self) -> Result<Option<RawAnswer>, Error> {
        let TokenSource::Fetched { request, .. } = &self.shared().token_source else { return Ok(None) };
        let call = self.call(request, self.start()).json(request)?;
        let (attempt, span) = (call.attempt(1), spans::call(&call.endpoint));
        let observed = attempt.observe(token_answer::check).instrument(span.clone()).await;
        spans::call_ended(&span, Operation::Read, &observed);
        Ok(Some(observed?.body))
    }

    async fn observe_with_token(&self, call: &Call<'_>, check: Check) -> Result<Answered<RawAnswer>, Error> {
        let attempt = call.attempt(1);
        let (for_token, tokens) = match &self.shared().token_source {
            TokenSource::Given(bearer) => {
                return Attempt { bearer: Some(bearer), ..attempt }.observe(check).await;
            }
            TokenSource::Fetched { request, tokens } => (request, tokens),
        };
        let fetch = || self.fetch_token(for_token, call.deadline, 1);
        let token = match tokens.get(None, call.deadline, fetch).await {
            Ok(token) => token,
            Err(no_token) => return Err(no_token.into_error(attempt.target(), call.deadline)),
        };
        Attempt { bearer: Some(&token.bearer), ..attempt }.observe(check).await
    }
}

impl Attempt<'_> {
    async fn observe(&self, check: Check) -> Result<Answered<RawAnswer>, Error> {
        let span = spans::attempt(&self.call.endpoint, self.number);
        let attempt = Self { started: Instant::now(), ..*self };
        let ended = attempt.send_and_keep(check).instrument(span.clone()).await;
        spans::attempt_ended(&span, &ended);
        ended
    }

    async fn send_and_keep(&self, check: Check) -> Result<Answered<RawAnswer>, Error> {
        let _permit = self.permit().await?;
        let (mut response, seal) = self.send().await?;
        let (target, status) = (self.target(), response.status());
        let head = self.head(response.headers());
        let media_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let media_type = media_type.map(|it| self.redactor().clean(&String::from_utf8_lossy(it)));
        let retry_after = RetryAfter::from_headers(response.headers());
        let paging = Box::new(Paging::from_head(status, response.headers()));
        let read = body::read(&mut response, MAX_ANSWER_BYTES).await;
        match read.end {
            End::Whole => {
                let problem = status.is_success().then(|| check(&read.bytes, media_type.as_deref()).err());
                let unusable = problem.flatten().map(|problem| problem.outline(&read.bytes));
                let body =
                    RawAnswer { target, status, media_type, retry_after, paging, body: read.bytes, unusable };
                Ok(Answered { attempt: self.number, status, body })
            }
            End::Broken(source) => Err(self.broken_off(status, head, seal.as_ref(), source)),
            End::TooLong => Err(Error::Unexpected {
                target,
                status,
                head,
                problem: format!("a body of more than {MAX_ANSWER_BYTES} bytes"),
                ends_early: false,
                too_long: true,
                body: None,
            }),
        }
    }
}

/// Whether the client's own call could read this whole body.
fn check<E: Reading>(body: &[u8], _: Option<&str>) -> Result<(), crate::success::problem::Problem> {
    read::check::<<E as Endpoint>::Response>(body)
}
