//! The calls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloudlx_model::{
    AccessToken, AccessTokenRequest, Auth, ClientCredentialsGrant, CreateCustomer, Customer, CustomerId,
    Endpoint, GetCustomer, ListCustomers, ListRealms, ListSubRealms, Realm, SubRealm,
};
use cloudlx_validate::{Catalogue, Validated};
use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::attempt::{Attempt, Bearer, authorization};
use crate::base_url::BaseUrl;
use crate::budget::Budget;
use crate::token::{NoToken, Token, TokenCache};
use crate::{ClientBuilder, CreateError, Credentials, Error, Target, TokenKind};

/// A client of the API. Cloning it is cheap, and the clones share their connections and their token.
///
/// It needs a tokio runtime with I/O and time. `Debug` shows no secret.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    base_url: BaseUrl,
    credentials: Credentials,
    tokens: TokenCache,
    user_agent: Option<HeaderValue>,
    attempt_timeout: Duration,
    call_timeout: Duration,
}

impl Client {
    /// A client of the API at `base_url`, which may have a path prefix: the API's own paths, which begin with `/api/`, go
    /// behind it. Addresses seen in use are `https://www.infiny.io` and `https://demo.infiny.cloud` (sdk).
    pub fn builder(base_url: impl AsRef<str>, credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(base_url.as_ref(), credentials)
    }

    pub(crate) fn new(
        http: reqwest::Client,
        base_url: BaseUrl,
        credentials: Credentials,
        user_agent: Option<HeaderValue>,
        attempt_timeout: Duration,
        call_timeout: Duration,
    ) -> Self {
        let tokens = TokenCache::default();
        let inner = Inner { http, base_url, credentials, tokens, user_agent, attempt_timeout, call_timeout };
        Self { inner: Arc::new(inner) }
    }

    /// The base URL, without a slash at its end unless it has no path.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.inner.base_url.as_str()
    }

    /// Creates a customer: `POST /api/customers` (page).
    ///
    /// The request is borrowed, so that a caller still has it to send again where that is safe. The realms of the answer
    /// have no ids (page); [`get_customer`](Self::get_customer) shows them.
    ///
    /// # Errors
    ///
    /// [`CreateError::NotCreated`] where it is certain that the server made no customer, [`CreateError::Unknown`] where it
    /// may have made one.
    pub async fn create_customer(
        &self,
        request: &Validated<CreateCustomer>,
    ) -> Result<Customer, CreateError> {
        let request: &CreateCustomer = request;
        let budget = self.start();
        let called = match self.json(request) {
            Ok(body) => self.call(request, Some(body), budget).await,
            Err(error) => Err(error),
        };
        called.map_err(CreateError::from_failure)
    }

    /// Lists the customers that the caller may see: `GET /api/customers` (sibling). No paging is documented, so all of
    /// them come at once.
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`].
    pub async fn list_customers(&self) -> Result<Vec<Customer>, Error> {
        Ok(self.call(&ListCustomers, None, self.start()).await?.customers)
    }

    /// Reads one customer: `GET /api/customers/{customer_id}` (sibling).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`]; a customer that is not there is an [`Error::Status`] with 404
    /// (inferred).
    pub async fn get_customer(&self, customer_id: CustomerId) -> Result<Customer, Error> {
        self.call(&GetCustomer { customer_id }, None, self.start()).await
    }

    /// Lists the realms that a customer can be given: `GET /api/realms` (inferred).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`].
    pub async fn list_realms(&self) -> Result<Vec<Realm>, Error> {
        Ok(self.call(&ListRealms, None, self.start()).await?.realms)
    }

    /// Lists the sub-realms that a customer can be shown and given: `GET /api/sub-realms` (inferred).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`].
    pub async fn list_sub_realms(&self) -> Result<Vec<SubRealm>, Error> {
        Ok(self.call(&ListSubRealms, None, self.start()).await?.sub_realms)
    }

    /// Fetches the realms and the sub-realms, one after the other, in the time of one call: what
    /// [`cloudlx_validate::validate_against`] looks ids up in.
    ///
    /// # Errors
    ///
    /// Those of the two lists, and [`Error::Catalogue`] when a realm comes without an id or an id comes twice.
    pub async fn catalogue(&self) -> Result<Catalogue, Error> {
        let budget = self.start();
        let realms = self.call(&ListRealms, None, budget).await?.realms;
        let sub_realms = self.call(&ListSubRealms, None, budget).await?.sub_realms;
        Catalogue::new(realms, sub_realms).map_err(|source| Error::Catalogue { source })
    }

    fn start(&self) -> Budget {
        Budget::start(self.inner.call_timeout)
    }

    fn target<E: Endpoint>(&self, request: &E) -> Target {
        Target::of::<E>(&self.inner.base_url.join(&request.path()))
    }

    fn json<E: Endpoint + Serialize>(&self, request: &E) -> Result<Bytes, Error> {
        match serde_json::to_vec(request) {
            Ok(json) => Ok(json.into()),
            Err(source) => Err(Error::NotBuilt { target: self.target(request), source: source.into() }),
        }
    }

    /// Makes a call: with the token, and a second time with a new one where the kept one was refused.
    async fn call<E>(&self, request: &E, body: Option<Bytes>, budget: Budget) -> Result<E::Response, Error>
    where
        E: Endpoint<Response: DeserializeOwned>,
    {
        if E::AUTH == Auth::None {
            return self.attempt(request, body, None, None, budget).await;
        }
        let (id, secret) = match &self.inner.credentials {
            Credentials::Client { id, secret } => (id, secret),
            Credentials::AccessToken(token) => {
                let bearer = Bearer { token, kind: TokenKind::Given };
                return self.attempt(request, body, Some(bearer), None, budget).await;
            }
        };
        let token = self.token(id, secret, None, &self.target(request), budget).await?;
        let bearer = Bearer { token: &token.secret, kind: TokenKind::Fetched };
        let called = self.attempt(request, body.clone(), Some(bearer), None, budget).await;
        if !matches!(called, Err(Error::Unauthorized { .. })) || token.received >= budget.started {
            return called;
        }
        // The token was kept from an earlier call, and may have ended before its time.
        let renewed = self.token(id, secret, Some(&token), &self.target(request), budget).await?;
        let bearer = Bearer { token: &renewed.secret, kind: TokenKind::Fetched };
        self.attempt(request, body, Some(bearer), Some(&token.secret), budget).await
    }

    async fn token(
        &self,
        id: &str,
        secret: &SecretString,
        refused: Option<&Arc<Token>>,
        target: &Target,
        budget: Budget,
    ) -> Result<Arc<Token>, Error> {
        let fetch = self.fetch_token(id, secret, budget);
        self.inner.tokens.get(refused, budget, fetch).await.map_err(|no_token| match no_token {
            NoToken::Failed(source) => Error::NoToken { target: target.clone(), source },
            NoToken::OutOfTime => Error::OutOfTime { target: target.clone(), limit: budget.limit },
        })
    }

    async fn fetch_token(
        &self,
        id: &str,
        secret: &SecretString,
        budget: Budget,
    ) -> Result<AccessToken, Error> {
        let request = AccessTokenRequest {
            grant_type: ClientCredentialsGrant::default(),
            client_id: id.to_owned(),
            client_secret: secret.clone(),
        };
        let body = self.json(&request)?;
        let answer = self.attempt(&request, Some(body), None, None, budget).await?;
        if authorization(&answer.access_token).is_some() {
            return Ok(answer);
        }
        Err(Error::Unexpected {
            target: self.target(&request),
            status: StatusCode::OK,
            problem: "a token with characters that no header can hold".to_owned(),
            body: None,
        })
    }

    async fn attempt<E>(
        &self,
        request: &E,
        body: Option<Bytes>,
        bearer: Option<Bearer<'_>>,
        refused: Option<&SecretString>,
        budget: Budget,
    ) -> Result<E::Response, Error>
    where
        E: Endpoint<Response: DeserializeOwned>,
    {
        let inner = &*self.inner;
        let timeout = inner.attempt_timeout.min(budget.left());
        if timeout.is_zero() {
            return Err(Error::OutOfTime { target: self.target(request), limit: budget.limit });
        }
        let known = [Some(inner.credentials.secret()), bearer.map(|bearer| bearer.token), refused];
        let attempt = Attempt {
            http: &inner.http,
            url: inner.base_url.join(&request.path()),
            body,
            bearer,
            user_agent: inner.user_agent.as_ref(),
            timeout,
            secrets: known.into_iter().flatten().collect(),
        };
        attempt.make::<E>().await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the HTTP client: its default headers may hold anything.
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("credentials", &self.inner.credentials)
            .field("attempt_timeout", &self.inner.attempt_timeout)
            .field("call_timeout", &self.inner.call_timeout)
            .finish_non_exhaustive()
    }
}
