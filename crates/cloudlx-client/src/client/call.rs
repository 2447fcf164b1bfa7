//! How a call is made: its tries, each of them with a token.

use std::time::Duration;

use cloudlx_model::{AccessToken, AccessTokenRequest, Endpoint};
use serde::de::DeserializeOwned;
use tracing::Instrument;

use super::Client;
use crate::attempt::{Answered, Attempt, Bearer, Call};
use crate::call_time::CallTime;
use crate::credentials::Access;
use crate::outcome::{Operation, Verdict, judge};
use crate::success::{ReadSuccess, Whole};
use crate::token::NoToken;
use crate::{Error, RawAnswer, Target, TokenKind, spans};

impl Client {
    pub(super) fn start(&self) -> CallTime {
        CallTime::start(self.inner.call_timeout)
    }

    pub(super) async fn read<E>(&self, request: &E, time: CallTime) -> Result<E::Response, Error>
    where
        E: Endpoint<Response: DeserializeOwned>,
    {
        self.make::<E, _>(Operation::Read, &self.call_for(request, time), &Whole::NEW).await
    }

    pub(super) fn call_for<E: Endpoint>(&self, request: &E, time: CallTime) -> Call<'_> {
        let inner = &*self.inner;
        let url = inner.base_url.join(&request.path());
        Call {
            http: &inner.http,
            permits: &inner.permits,
            target: Target::of::<E>(&url),
            url,
            body: None,
            gate: None,
            user_agent: inner.user_agent.as_ref(),
            secret: inner.access.secret(),
            timeout: inner.attempt_timeout,
            head_timeout: None,
            time,
        }
    }

    pub(super) async fn make<E: Endpoint, R: ReadSuccess>(
        &self,
        operation: Operation,
        call: &Call<'_>,
        success: &R,
    ) -> Result<R::Body, Error> {
        let span = spans::call::<E>();
        let made = self.make_tries::<E, R>(operation, call, success).instrument(span.clone()).await;
        spans::call_ended(&span, operation, &made);
        Ok(made?.body)
    }

    /// Makes a call, as often as it takes and is safe.
    async fn make_tries<E: Endpoint, R: ReadSuccess>(
        &self,
        operation: Operation,
        call: &Call<'_>,
        success: &R,
    ) -> Result<Answered<R::Body>, Error> {
        let mut tries = self.inner.retries.start(operation, call.time).at_most(self.max_attempts);
        loop {
            match self.try_once::<E, R>(operation, call, tries.number(), success).await {
                Ok(answered) => return Ok(answered),
                Err(error) => tries.after(error).await?,
            }
        }
    }

    /// One try: with the token, and a second time with a new one where the kept one was refused.
    async fn try_once<E: Endpoint, R: ReadSuccess>(
        &self,
        operation: Operation,
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
        let token =
            tokens.get(None, time, || self.fetch_token(for_token, time, u32::MAX)).await.map_err(failed)?;
        let called = Attempt { bearer: Some(&token.bearer), ..attempt }.make::<E, R>(success).await;
        let Err(refused @ Error::Unauthorized { .. }) = &called else { return called };
        if token.received >= time.started {
            return called;
        }
        // The token was kept from an earlier call, and may have ended before its time. Whoever says so, the next call has
        // another; this one, where the request was certainly not processed.
        if judge(operation, refused.progress()) == Verdict::Unknown {
            tokens.forget(&token);
            return called;
        }
        let fetch = || self.fetch_token(for_token, time, u32::MAX);
        let renewed = tokens.get(Some(&token), time, fetch).await.map_err(failed)?;
        let (bearer, refused) = (Some(&renewed.bearer), Some(&token.bearer));
        Box::pin(Attempt { bearer, refused, ..attempt }.make::<E, R>(success)).await
    }

    /// One try whatever is answered, with the token.
    pub(super) async fn look<E: Endpoint>(&self, call: &Call<'_>) -> Result<Answered<RawAnswer>, Error> {
        let attempt = call.attempt(1);
        let (for_token, tokens) = match &self.inner.access {
            Access::Given(bearer) => {
                return Attempt { bearer: Some(bearer), ..attempt }.observe::<E>().await;
            }
            Access::Fetched { request, tokens } => (request, tokens),
        };
        let fetch = || self.fetch_token(for_token, call.time, 1);
        let token = match tokens.get(None, call.time, fetch).await {
            Ok(token) => token,
            Err(no_token) => return Err(no_token.into_error(attempt.target(), call.time)),
        };
        Attempt { bearer: Some(&token.bearer), ..attempt }.observe::<E>().await
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
                match call
                    .attempt(tries.number())
                    .make::<AccessTokenRequest, _>(&Whole::<AccessToken>::NEW)
                    .await
                {
                    Ok(answered) => return Ok(answered),
                    Err(error) => tries.after(error).await?,
                }
            }
        };
        let fetched = fetched.instrument(span.clone()).await;
        spans::call_ended(&span, Operation::Read, &fetched);
        let Answered { attempt, status, body } = fetched?;
        match Bearer::new(body.access_token, TokenKind::Fetched) {
            Some(bearer) => Ok((bearer, Duration::from_secs(body.expires_in))),
            None => Err(Error::Unexpected {
                target: call.attempt(attempt).target(),
                status,
                head: Box::default(),
                problem: "an access token of other than visible ASCII characters".to_owned(),
                ends_early: false,
                too_long: false,
                body: None,
            }),
        }
    }
}
