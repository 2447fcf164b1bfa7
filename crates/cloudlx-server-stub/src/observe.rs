//! Records the requests to the API: the request log, expectations and the access log.

pub(crate) mod access_log;
pub mod expect;
pub(crate) mod request_log;

use std::sync::Arc;

use cloudlx_model::{Auth, EndpointInfo};
use cloudlx_validate::Violation;
use hyper::Method;
use hyper::http::request::Parts;
use secrecy::{ExposeSecret, SecretString};

use self::access_log::{AccessLog, LogLine};
use self::expect::{Expectations, ObservedRequest};
use self::request_log::{RecordedRequest, RequestLog, Secrets};
use crate::wire::headers::Headers;

/// Everything that sees the requests to the API.
pub(crate) struct Observers {
    pub(crate) requests: RequestLog,
    pub(crate) expectations: Arc<Expectations>,
    pub(crate) access_log: AccessLog,
    /// What no observer may record: the secrets of all clients, and the token of the control API.
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
    /// Begins the line of the access log for a request that has arrived; none without an access log.
    pub(crate) fn begin(&self, method: &Method, endpoint: Option<&EndpointInfo>) -> Option<LogLine<'_>> {
        self.access_log.begin(method, endpoint)
    }

    /// Records a request before its answer is sent, without secrets.
    pub(crate) fn saw(&self, exchanged: Exchanged<'_>, line: Option<&mut LogLine<'_>>) {
        if let Some(line) = line {
            line.add_rules(exchanged.violations.iter().map(|violation| violation.rule));
        }
        let endpoint = exchanged.endpoint.map(|endpoint| endpoint.name);
        let body = exchanged.body;
        let request = self.recorded(exchanged);
        self.expectations.observe(&ObservedRequest::new(endpoint, &request, body));
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
        request.with_body(body, is_private, &secrets)
    }
}
