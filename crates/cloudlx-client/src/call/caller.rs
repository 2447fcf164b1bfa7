//! Makes calls: attempts until one succeeds or no other can help, each with an access token.

use std::sync::Arc;
use std::time::Duration;

use cloudlx_model::{AccessTokenRequest, Endpoint, EndpointInfo};
use reqwest::header::HeaderValue;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::auth::bearer::Bearer;
use crate::auth::credentials::TokenSource;
use crate::auth::token_answer::TokenAnswer;
use crate::auth::token_cache::{NoToken, Token};
use crate::call::answered::Answered;
use crate::call::backoff::Retries;
use crate::call::context::{Attempt, Call};
use crate::call::retry::{self, RefusedToken, TokenDecision};
use crate::call::spans;
use crate::error::call::Error;
use crate::proof::outcome::Operation;
use crate::success::read::{ReadSuccess, WholeBody};
use crate::time::deadline::Deadline;
use crate::transport::base_url::BaseUrl;
use crate::transport::close_watch::CloseWatch;
use crate::transport::proxy::Proxy;
use crate::transport::target::Target;

/// Makes the calls of a client. Cloning it is cheap: the clones share everything but the number of attempts.
#[derive(Clone)]
pub(crate) struct Caller {
    shared: Arc<Shared>,
    /// The most attempts at a call, also where the builder allows more.
    max_attempts: u32,
}

/// What the clones of a client share.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) close_watch: CloseWatch,
    /// One permit for each request that may be in progress.
    pub(crate) permits: Semaphore,
    pub(crate) base_url: BaseUrl,
    /// The proxy that the environment names for the base URL.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) token_source: TokenSource,
    pub(crate) user_agent: Option<HeaderValue>,
    /// None where it is a setting of the caller's own HTTP client, and so not known.
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) retries: Retries,
}

impl Caller {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared), max_attempts: u32::MAX }
    }

    /// The same caller, with one attempt at each call.
    pub(crate) fn no_retries(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), max_attempts: 1 }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The deadline of a call that starts now.
    pub(crate) fn start(&self) -> Deadline {
        Deadline::start(self.shared.call_timeout, self.shared.attempt_timeout)
    }

    /// A call of `request`'s endpoint, without a body.
    pub(crate) fn call<E: Endpoint>(&self, request: &E, deadline: Deadline) -> Call<'_> {
        let shared = &*self.shared;
        let endpoint = EndpointInfo::of::<E>();
        let url = shared.base_url.join(&request.path());
        Call {
            http: &shared.http,
            close_watch: &shared.close_watch,
            permits: &shared.permits,
            operation: Operation::Read,
            endpoint,
            target: Target::new(&endpoint, &url),
            proxy: shared.proxy.as_ref(),
            url,
            body: None,
            gate: None,
            user_agent: shared.user_agent.as_ref(),
            secret: shared.token_source.secret(),
            timeout: shared.attempt_timeout,
            head_timeout: None,
            connect_timeout: shared.connect_timeout,
            deadline,
        }
    }

    /// Makes a call that changes nothing on the server, and reads the documented response.
    pub(crate) async fn read<E>(&self, request: &E, deadline: Deadline) -> Result<E::Response, Error>
    where
        E: Endpoint<Response: DeserializeOwned>,
    {
        self.make(&self.call(request, deadline), &WholeBody::NEW).await
    }

    /// Makes a call, with as many attempts as it needs and as are safe.
    pub(crate) async fn make<R: ReadSuccess>(&self, call: &Call<'_>, success: &R) -> Result<R::Body, Error> {
        let span = spans::call(&call.endpoint);
        let made = self.attempts(call, success).instrument(span.clone()).await;
        spans::call_ended(&span, call.operation, &made);
        Ok(made?.body)
    }

    async fn attempts<R: ReadSuccess>(
        &self,
        call: &Call<'_>,
        success: &R,
    ) -> Result<Answered<R::Body>, Error> {
        let retries = &self.shared.retries;
        let mut attempts = retries.start(call.operation, call.deadline).at_most(self.max_attempts);
        loop {
            match self.attempt(call, attempts.number(), success).await {
                Ok(answered) => return Ok(answered),
                Err(error) => attempts.after(error).await?,
            }
        }
    }

    /// One attempt with a token. It is repeated with a new token when the server refuses a kept one, and once after a wait
    /// when the server refuses a new one.
    async fn attempt<R: ReadSuccess>(
        &self,
        call: &Call<'_>,
        number: u32,
        success: &R,
    ) -> Result<Answered<R::Body>, Error> {
        let attempt = call.attempt(number);
        let (for_token, tokens) = match &self.shared.token_source {
            TokenSource::Given(bearer) => {
                return Attempt { bearer: Some(bearer), ..attempt }.make(success).await;
            }
            TokenSource::Fetched { request, tokens } => (request, tokens),
        };
        let deadline = call.deadline;
        let failed = |no_token: NoToken| no_token.into_error(attempt.target(), deadline);
        let fetch = || self.fetch_token(for_token, deadline, u32::MAX);
        let mut token = tokens.get(None, deadline, fetch).await.map_err(failed)?;
        let mut called = Attempt { bearer: Some(&token.bearer), ..attempt }.make(success).await;
        let mut waited = false;
        loop {
            let Err(error @ Error::Unauthorized { .. }) = &called else { return called };
            let next = match self.after_refused_token(call, error, &token, waited) {
                TokenDecision::Wait => {
                    self.shared.retries.wait(error, self.shared.retries.token_wait()).await;
                    waited = true;
                    tokens.get(None, deadline, fetch).await
                }
                TokenDecision::NewToken => tokens.get(Some(&token), deadline, fetch).await,
                TokenDecision::GiveUp => {
                    // The next call fetches another token, whoever refused this one.
                    if token.received < deadline.started {
                        tokens.forget(&token);
                    }
                    return called;
                }
            };
            let refused = std::mem::replace(&mut token, next.map_err(failed)?);
            let (bearer, refused) = (Some(&token.bearer), Some(&refused.bearer));
            let again = Attempt { bearer, refused, ..attempt };
            called = Box::pin(again.make(success)).await;
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
            is_kept: token.received < call.deadline.started,
            waited,
            wait: self.shared.retries.token_wait(),
            left: call.deadline.left(),
            whole_attempt: call.deadline.whole_attempt,
        })
    }

    /// Fetches a token and its lifetime, with at most this many attempts, or fewer where the builder allows fewer.
    pub(crate) async fn fetch_token(
        &self,
        request: &AccessTokenRequest,
        deadline: Deadline,
        max_attempts: u32,
    ) -> Result<(Bearer, Duration), Error> {
        let call = self.call(request, deadline).json(request)?;
        let span = spans::call(&call.endpoint);
        let fetched = async {
            let mut attempts = self.shared.retries.start(Operation::Read, deadline).at_most(max_attempts);
            loop {
                match call.attempt(attempts.number()).make(&TokenAnswer).await {
                    Ok(answered) => return Ok(answered),
                    Err(error) => attempts.after(error).await?,
                }
            }
        };
        let fetched = fetched.instrument(span.clone()).await;
        spans::call_ended(&span, Operation::Read, &fetched);
        Ok(fetched?.body)
    }
}
