//! One request through the stub: a side route, or the API as the faults let it answer.

use std::sync::Arc;

use cloudlx_model::EndpointInfo;
use http_body_util::{Either, Full};
use hyper::body::{Body as _, Incoming};
use hyper::header::CONTENT_LENGTH;
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use tokio::time::sleep;

use crate::api::answer::{Answer, Body};
use crate::api::request::Request as ApiRequest;
use crate::faults::{Outcome, Strike};
use crate::observe::Exchanged;
use crate::observe::access_log::LogLine;
use crate::server::Server;
use crate::side::Side;
use crate::wire::body::drain;
use crate::wire::raw_script::RawScript;

/// What answers the requests of one stub.
pub(crate) struct Exchange {
    pub(crate) server: Arc<Server>,
    pub(crate) side: Side,
}

/// How a request ends.
pub(crate) enum Reply {
    /// With an answer over HTTP.
    Http(Response<Body>),
    /// With raw bytes and the end of the connection, by a fault.
    Script(RawScript),
}

impl Exchange {
    /// Answers one request. The server's observers see it before its answer begins.
    pub(crate) async fn reply(&self, request: Request<Incoming>) -> Reply {
        let (head, mut body) = request.into_parts();
        let (outcome, line) = match self.side.answer(&self.server, &head, &mut body).await {
            Some(answer) => {
                drain(body, &head, answer.status, self.server.limits);
                (Outcome::Answer(answer), None)
            }
            None => self.outcome(&head, body).await,
        };
        let reply = match outcome {
            Outcome::Answer(answer) => Reply::Http(self.response(answer, &head.method)),
            Outcome::Script(script) => Reply::Script(script),
        };
        if let Some(line) = line {
            line.finish(reply.status());
        }
        reply
    }

    /// What the API answers, and what the fault that hits the request makes of it.
    async fn outcome<'s>(&'s self, head: &Parts, mut body: Incoming) -> (Outcome, Option<LogLine<'s>>) {
        let Server { api, faults, observers, limits, .. } = &*self.server;
        let mut request = ApiRequest::new(head, &mut body);
        let found = api.find(head);
        let endpoint = found.as_ref().ok().map(|found| found.route.endpoint);
        let mut line = observers.begin(&head.method, endpoint.as_ref());
        let strike = faults.strike(endpoint.map(|endpoint| endpoint.name));
        let mut outcome = match strike.before().await {
            Some(outcome) => outcome,
            None => Outcome::Answer(api.answer(found, &mut request, strike.commit()).await),
        };
        let exchanged = exchanged(&request, endpoint.as_ref(), &mut outcome, &strike);
        observers.saw(exchanged, line.as_mut());
        if let Outcome::Answer(answer) = &outcome {
            drain(body, head, answer.status, *limits);
        }
        if !limits.latency.is_zero() {
            sleep(limits.latency).await;
        }
        (strike.after(outcome, head.method == Method::HEAD, api).await, line)
    }

    /// An answer as HTTP sends it. A long list is read while it is sent.
    fn response(&self, answer: Answer, method: &Method) -> Response<Body> {
        let response = answer.into_response(|rest, sender| {
            let server = Arc::clone(&self.server);
            tokio::spawn(async move { rest.send(&*server.api.resources.store, sender).await });
        });
        if method == Method::HEAD { without_body(response) } else { response }
    }
}

/// What the observers see of a request. The texts move out of the outcome, which needs them no more.
fn exchanged<'a>(
    request: &'a ApiRequest<'_>,
    endpoint: Option<&'a EndpointInfo>,
    outcome: &mut Outcome,
    strike: &Strike,
) -> Exchanged<'a> {
    let (status, message, violations) = match outcome {
        Outcome::Answer(answer) => {
            (answer.status.as_u16(), answer.message.take(), std::mem::take(&mut answer.violations))
        }
        Outcome::Script(_) => (0, None, Vec::new()),
    };
    Exchanged {
        head: request.head,
        headers: &request.headers,
        body: &request.bytes,
        endpoint,
        status,
        message,
        violations,
        fault: strike.as_json(),
    }
}

/// What `HEAD` gets: the headers of the answer, with its length, and no body. hyper's HTTP/2 would send the body.
/// A list that is sent while it is read has no known length. An answer 304 has none either: its body is not the document.
fn without_body(mut response: Response<Body>) -> Response<Body> {
    if response.status() != StatusCode::NOT_MODIFIED
        && let Some(length) = response.body().size_hint().exact()
    {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    *response.body_mut() = Either::Left(Full::default());
    response
}

impl Reply {
    fn status(&self) -> Option<u16> {
        match self {
            Self::Http(response) => Some(response.status().as_u16()),
            Self::Script(_) => None,
        }
    }
}
