//! The data of a call and of each attempt: what is sent, where to, and how long it may take. `send.rs` makes the attempt.

use std::time::Duration;

use bytes::Bytes;
use cloudlx_model::EndpointInfo;
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::SecretString;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::auth::bearer::Bearer;
use crate::error::call::Error;
use crate::proof::outcome::Operation;
use crate::redact::Redactor;
use crate::time::deadline::Deadline;
use crate::transport::close_watch::CloseWatch;
use crate::transport::once_body::Gate;
use crate::transport::proxy::Proxy;
use crate::transport::target::Target;

/// What all attempts at a call have in common.
pub(crate) struct Call<'a> {
    pub(crate) http: &'a reqwest::Client,
    pub(crate) close_watch: &'a CloseWatch,
    /// One permit for each request that may be in progress.
    pub(crate) permits: &'a Semaphore,
    pub(crate) endpoint: EndpointInfo,
    pub(crate) operation: Operation,
    pub(crate) url: Url,
    /// The first attempt's target, as messages show it.
    pub(crate) target: Target,
    /// The proxy that the environment names for the URL.
    pub(crate) proxy: Option<&'a Proxy>,
    /// The request as JSON, where the method has a body.
    pub(crate) body: Option<Bytes>,
    /// Asked, when the transport takes the body, whether it may be sent.
    pub(crate) gate: Option<Gate>,
    /// Overrides the HTTP client's own.
    pub(crate) user_agent: Option<&'a HeaderValue>,
    /// What no message may show, whether it is sent or not.
    pub(crate) secret: Option<&'a SecretString>,
    /// From the start of an attempt to the last byte of the response.
    pub(crate) timeout: Duration,
    /// From the start of an attempt to the head of the response, where that has a limit of its own.
    pub(crate) head_timeout: Option<Duration>,
    /// The time to connect, where it is known.
    pub(crate) connect_timeout: Option<Duration>,
    /// The deadline of the whole call.
    pub(crate) deadline: Deadline,
}

/// One attempt at a call.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) call: &'a Call<'a>,
    /// From 1.
    pub(crate) number: u32,
    pub(crate) started: Instant,
    /// The token, where the endpoint asks for one.
    pub(crate) bearer: Option<&'a Bearer>,
    /// The token that the server refused before this one.
    pub(crate) refused: Option<&'a Bearer>,
}

impl Call<'_> {
    /// The call with this request as its body.
    pub(crate) fn json(mut self, request: &impl Serialize) -> Result<Self, Error> {
        match serde_json::to_vec(request) {
            Ok(json) => self.body = Some(json.into()),
            Err(source) => return Err(Error::NotBuilt { target: self.target, source: source.into() }),
        }
        Ok(self)
    }

    /// The attempt with this number, as yet without a token.
    pub(crate) fn attempt(&self, number: u32) -> Attempt<'_> {
        Attempt { call: self, number, started: Instant::now(), bearer: None, refused: None }
    }
}

impl Attempt<'_> {
    /// Where the attempt goes, as messages show it.
    pub(crate) fn target(&self) -> Target {
        Target { attempt: self.number, ..self.call.target.clone() }
    }

    /// Removes the secrets of this attempt from texts.
    pub(crate) fn redactor(&self) -> Redactor {
        let tokens = [self.bearer, self.refused].into_iter().flatten().map(|bearer| &bearer.secret);
        Redactor::new(tokens.chain(self.call.secret))
    }
}
