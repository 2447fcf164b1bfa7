//! How a call is made: its tries, each of them with a token.

use std::time::Duration;

use cloudlx_model::{AccessTokenRequest, Endpoint};
use serde::de::DeserializeOwned;
use tracing::Instrument;

use super::Client;
use crate::auth::bearer::Bearer;
use crate::auth::credentials::Access;
use crate::auth::token_answer::TokenAnswer;
use crate::auth::token_cache::{NoToken, Token};
use crate::call::answered::Answered;
use crate::call::attempt::{Attempt, Call};
use crate::call::raw_answer::{self, RawAnswer, Reading};
use crate::call::retry::{self, RefusedToken, TokenDecision};
use crate::call::spans;
use crate::error::Error;
use crate::proof::outcome::Operation;
use crate::success::read::{ReadSuccess, Whole};
use crate::time::call_time::CallTime;
use crate::transport::target::Target;

impl Client {
    pub(super) fn start(&self) -> CallTime {
        CallTime::start(self.inner.call_timeout, self.inner.attempt_timeout)
    }

    pub(super) async fn read<E>(&self, request: &E, time: CallTime) -> Result<E::Response, Error>
    where
        E: Endpoint<Response: DeserializeOwned>,
    {
        self.make::<E, _>(&self.call_for(request, time), &Whole::NEW).await
    }

    pub(super) fn call_for<E: Endpoint>(&self, request: &E, time: CallTime) -> Call<'_> {
        let inner = &*self.inner;
        let url = inner.base_url.join(&request.path());
        Call {
            http: &inner.http,
            connections: &inner.connections,
            permits: &inner.permits,
            operation: Operation::Read,
            target: Target::of::<E>(&url),
            proxy: inner.proxy.as_ref(),
            url,
            body: None,
            gate: None,
            user_agent: inner.user_agent.as_ref(),
            secret: inner.access.secret(),
            timeout: inner.attempt_timeout,
            head_timeout: None,
            connect_timeout: inner.connect_timeout,
            time,
        }
    }

    pub(super) async fn make<E: Endpoint, R: ReadSuccess>(
        &self,
        call: &Call<'_>,
        success: &R,
    ) -> Result<R::Body, Error> {
        let span = spans::call::<E>();
        let made = self.make_tries::<E, R>(call, success).instrument(span.clone()).await;
        spans::call_ended(&span, call.operation, &made);
        Ok(made?.body)
    }

    /// Makes a call, as often as it takes and is safe.
    async fn make_tries<E: Endpoint, R: ReadSuccess>(
        &self,
        call: &Call<'_>,
        success: &R,
    ) -> Result<Answered<R::Body>, Error> {
        let mut tries = self.inner.retries.start(call.operation, call.time).at_most(self.max_attempts);
        loop {
            match self.try_once::<E, R>(call, tries.number(), success).await {
                Ok(answered) => return Ok(answered),
                Err(error) => tries.after(error).await?,
            }
        }
    }

    /// One try: with the token, and once more each where that was too young or too old for the server.
    async fn try_once<E: Endpoint, R: ReadSuccess>(
        &self,
        call: &Call<'_>,
        number: u32,
        success: &R,
    ) -> Result<Answered<R::Body>, Error> {
        let attempt = call.attempt(number);
        let (for_token, tokens) = match &self.inner.access {
            Access::Given(bearer) => {
                return Attempt { bearer: Some(bearer), ..attempt }.make::<E, R>(success).await;
            }
            Access::Fetched { request, tokens } => (request, tokens),
        };
        let time = call.time;
        let failed = |no_token: NoToken| no_token.into_error(attempt.target(), time);
        let fetch = || self.fetch_token(for_token, time, u32::MAX);
        let mut token = tokens.get(None, time, fetch).await.map_err(failed)?;
        let mut called = Attempt { bearer: Some(&token.bearer), ..attempt }.make::<E, R>(success).await;
        let mut waited = false;
        loop {
            let Err(error @ Error::Unauthorized { .. }) = &called else { return called };
            let next = match self.after_refused_token(call, error, &token, waited) {
                TokenDecision::Wait => {
                    self.inner.retries.wait(error, self.inner.retries.token_wait()).await;
                    waited = true;
                    tokens.get(None, time, fetch).await
                }
                TokenDecision::NewToken => tokens.get(Some(&token), time, fetch).await,
                TokenDecision::GiveUp => {
                    // The next call has another, whoever refused this one.
                    if token.received < time.started {
                        tokens.forget(&token);
                    }
                    return called;
                }
            };
            let refused = std::mem::replace(&mut token, next.map_err(failed)?);
            let (bearer, refused) = (Some(&token.bearer), Some(&refused.bearer));
            let again = Attempt { bearer, refused, ..attempt };
            called = Box::pin(again.make::<E, R>(success)).await;
        }
    }

    fn after_refused_token(
        &self,
        call: &Call<'_>,
        error: &Error,
        token: &Token,
        waited: bool,
    ) -> TokenDecision {
        retry::after_refused_token(RefusedToken {
            operation: call.operation,
            progress: error.progress(),
            is_kept: token.received < call.time.started,
            waited,
            wait: self.inner.retries.token_wait(),
            left: call.time.left(),
            whole_attempt: call.time.whole_attempt,
        })
    }

    /// One try whatever is answered, with the token.
    pub(super) async fn look<E: Reading>(&self, call: &Call<'_>) -> Result<Answered<RawAnswer>, Error> {
        let attempt = call.attempt(1);
        let (for_token, tokens) = match &self.inner.access {
            Access::Given(bearer) => {
                return Attempt { bearer: Some(bearer), ..attempt }
                    .observe::<E>(raw_answer::check::<E>)
                    .await;
            }
            Access::Fetched { request, tokens } => (request, tokens),
        };
        let fetch = || self.fetch_token(for_token, call.time, 1);
        let token = match tokens.get(None, call.time, fetch).await {
            Ok(token) => token,
            Err(no_token) => return Err(no_token.into_error(attempt.target(), call.time)),
        };
        Attempt { bearer: Some(&token.bearer), ..attempt }.observe::<E>(raw_answer::check::<E>).await
    }

    /// A token, and how long it lives; asked for so often at most, or less where the builder said so.
    async fn fetch_token(
        &self,
        request: &AccessTokenRequest,
        time: CallTime,
        max_attempts: u32,
    ) -> Result<(Bearer, Duration), Error> {
        let call = self.call_for(request, time).json(request)?;
        let span = spans::call::<AccessTokenRequest>();
        let fetched = async {
            let mut tries = self.inner.retries.start(Operation::Read, time).at_most(max_attempts);
            loop {
                match call.attempt(tries.number()).make::<AccessTokenRequest, _>(&TokenAnswer).await {
                    Ok(answered) => return Ok(answered),
                    Err(error) => tries.after(error).await?,
                }
            }
        };
        let fetched = fetched.instrument(span.clone()).await;
        spans::call_ended(&span, Operation::Read, &fetched);
        Ok(fetched?.body)
    }
}
