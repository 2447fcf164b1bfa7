//! What is kept of the requests that the stub answered: the request log, expectations, and the access log.

pub(crate) mod access_log;
pub mod expect;
pub(crate) mod requests;

use std::sync::Arc;

use cloudlx_model::{Auth, EndpointInfo};
use cloudlx_validate::Violation;
use hyper::Method;
use hyper::http::request::Parts;
use secrecy::{ExposeSecret, SecretString};

use self::access_log::{Serving, Watcher};
use self::expect::{Came, Expectations};
use self::requests::{Journal, RecordedRequest, Secrets};
use crate::wire::headers::Headers;

/// Everything that sees the requests to the API.
pub(crate) struct Observers {
    pub(crate) requests: Journal,
    pub(crate) expectations: Arc<Expectations>,
    pub(crate) access_log: Watcher,
    /// What no observer may keep: the secrets of all clients, and the token of the control API.
    pub(crate) secrets: Vec<SecretString>,
}

/// A request, and how it was answered.
pub(crate) struct Exchanged<'a> {
    pub(crate) head: &'a Parts,
    pub(crate) headers: &'a Headers<'a>,
    /// As much of the body as was read.
    pub(crate) body: &'a [u8],
    pub(crate) endpoint: Option<&'a EndpointInfo>,
    /// The status of the answer; 0 without one.
    pub(crate) status: u16,
    pub(crate) message: Option<String>,
    pub(crate) violations: Vec<Violation>,
    /// The fault that hit the request, as JSON.
    pub(crate) fault: Option<String>,
}

impl Observers {
    /// A request has arrived. Its line of the access log, where there is one.
    pub(crate) fn begin(&self, method: &Method, endpoint: Option<&EndpointInfo>) -> Option<Serving<'_>> {
        self.access_log.sees(method, endpoint)
    }

    /// Records a request before its answer is sent, without secrets.
    pub(crate) fn saw(&self, exchanged: Exchanged<'_>, line: Option<&mut Serving<'_>>) {
        if let Some(line) = line {
            line.broke(exchanged.violations.iter().map(|violation| violation.rule));
        }
        let endpoint = exchanged.endpoint.map(|endpoint| endpoint.name);
        let body = exchanged.body;
        let request = self.recorded(exchanged);
        self.expectations.see(&Came::new(endpoint, &request, body));
        self.requests.record(request);
    }

    fn recorded(&self, exchanged: Exchanged<'_>) -> RecordedRequest {
        let Exchanged { head, headers, body, endpoint, status, message, violations, fault } = exchanged;
        let known = self.secrets.iter().map(ExposeSecret::expose_secret);
        let sent =
            headers.authorization.as_deref().and_then(|authorization| authorization.rsplit(' ').next());
        let secrets = Secrets::new(known.chain(sent));
        let is_private = endpoint.is_none_or(|endpoint| endpoint.auth != Auth::Bearer);
        let request = RecordedRequest {
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
            fault,
        };
        request.made_safe(body, is_private, &secrets)
    }
}
