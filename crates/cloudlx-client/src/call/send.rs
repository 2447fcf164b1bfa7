//! Sends one attempt and reads the response.

use std::time::Duration;

use cloudlx_model::{Auth, MEDIA_TYPE};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Body, Response};
use tokio::sync::SemaphorePermit;
use tokio::time::Instant;
use tracing::Instrument;

use crate::call::answered::Answered;
use crate::call::context::Attempt;
use crate::call::retry::has_time;
use crate::call::spans;
use crate::error::call::Error;
use crate::proof::said_by;
use crate::success::read::ReadSuccess;
use crate::transport::once_body::{OnceBody, Seal};

impl Attempt<'_> {
    /// Makes the attempt, and reads a response that reports success.
    pub(crate) async fn make<R: ReadSuccess>(&self, success: &R) -> Result<Answered<R::Body>, Error> {
        let span = spans::attempt(&self.call.endpoint, self.number);
        let attempt = Self { started: Instant::now(), ..*self };
        let ended = attempt.send_and_read(success).instrument(span.clone()).await;
        spans::attempt_ended(&span, &ended);
        ended
    }

    async fn send_and_read<R: ReadSuccess>(&self, success: &R) -> Result<Answered<R::Body>, Error> {
        let _permit = self.permit().await?;
        let (mut response, seal) = self.send().await?;
        let status = response.status();
        if status.is_success() {
            return match success.read(&mut response).await {
                Ok(body) => Ok(Answered { attempt: self.number, status, body }),
                Err(failure) => Err(self.unread(&response, failure, seal.as_ref())),
            };
        }
        let head = self.head(response.headers());
        if status.is_redirection() {
            let said_by = said_by::redirected_by(status.as_u16(), &self.call.url, head.location.as_deref());
            return Err(Error::Redirected { target: self.target(), status, head, said_by });
        }
        Err(self.refusal(status, head, &mut response).await)
    }

    /// Waits until the request may be sent. It is in progress for as long as the permit exists.
    pub(crate) async fn permit(&self) -> Result<SemaphorePermit<'_>, Error> {
        // There nearly always is one, and then no clock has to be read.
        if let Ok(permit) = self.call.permits.try_acquire() {
            return Ok(permit);
        }
        match tokio::time::timeout(self.call.deadline.left(), self.call.permits.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            // Nobody closes the semaphore, so the deadline has passed.
            _ => Err(self.out_of_time()),
        }
    }

    /// The response up to its head, and the seal of the request's body, if it has one.
    pub(crate) async fn send(&self) -> Result<(Response, Option<Seal>), Error> {
        self.call.close_watch.notice_closed().await;
        let (operation, deadline) = (self.call.operation, self.call.deadline);
        let left = deadline.left();
        if !has_time(operation, Duration::ZERO, left, deadline.whole_attempt) {
            return Err(self.out_of_time());
        }
        let (request, seal) = self.request(self.call.timeout.min(left));
        let response = self.call.http.execute(request);
        let response = match self.call.head_timeout {
            None => response.await,
            Some(head_timeout) => match tokio::time::timeout(head_timeout, response).await {
                Ok(response) => response,
                Err(elapsed) => return Err(self.no_head_in_time(seal.as_ref(), elapsed)),
            },
        };
        match response {
            Ok(response) => {
                self.call.close_watch.answered();
                Ok((response, seal))
            }
            Err(source) => Err(self.unanswered(seal.as_ref(), source.without_url())),
        }
    }

    /// The request, and the seal of its body, if it has one.
    fn request(&self, timeout: Duration) -> (reqwest::Request, Option<Seal>) {
        // Never the default: every method of the model is one of HTTP, which a test of the model shows.
        let method =
            reqwest::Method::from_bytes(self.call.endpoint.method.as_str().as_bytes()).unwrap_or_default();
        let mut request = reqwest::Request::new(method, self.call.url.clone());
        *request.headers_mut() = self.headers();
        *request.timeout_mut() = Some(timeout);
        let seal = self.call.body.clone().map(|bytes| {
            let (body, seal) = OnceBody::new(bytes, self.call.gate.clone());
            *request.body_mut() = Some(Body::wrap(body));
            seal
        });
        (request, seal)
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(ACCEPT, HeaderValue::from_static(MEDIA_TYPE));
        if let (Auth::Bearer, Some(bearer)) = (self.call.endpoint.auth, self.bearer) {
            headers.insert(AUTHORIZATION, bearer.header.clone());
        }
        if self.call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(user_agent) = self.call.user_agent {
            headers.insert(USER_AGENT, user_agent.clone());
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use cloudlx_model::{AccessTokenRequest, EndpointInfo};
    use http_body::Body as _;
    use reqwest::Url;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::call::context::Call;
    use crate::proof::outcome::Operation;
    use crate::success::read::WholeBody;
    use crate::time::deadline::Deadline;
    use crate::transport::close_watch::CloseWatch;
    use crate::transport::target::Target;

    /// A call for a token that nobody answers.
    fn call<'a>(http: &'a reqwest::Client, permits: &'a Semaphore, close_watch: &'a CloseWatch) -> Call<'a> {
        let url = Url::parse("http://127.0.0.1:9").unwrap();
        let endpoint = EndpointInfo::of::<AccessTokenRequest>();
        Call {
            http,
            close_watch,
            permits,
            endpoint,
            target: Target::new(&endpoint, &url),
            proxy: None,
            operation: Operation::Read,
            url,
            body: Some(Bytes::from_static(b"{}")),
            gate: None,
            user_agent: None,
            secret: None,
            timeout: Duration::from_secs(1),
            head_timeout: None,
            connect_timeout: None,
            deadline: Deadline::start(Duration::from_secs(5), Duration::from_secs(1)),
        }
    }

    fn http() -> reqwest::Client {
        #[cfg(feature = "rustls")]
        crate::transport::cryptography::provide();
        let http = reqwest::Client::builder().no_proxy();
        #[cfg(feature = "rustls")]
        let http = http.tls_certs_only([]);
        http.build().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_other_requests_ends_with_the_time_of_the_call() {
        let (http, permits, close_watch) = (http(), Semaphore::new(0), CloseWatch::new());
        let call = call(&http, &permits, &close_watch);
        let error = call.attempt(1).make(&WholeBody::<()>::NEW).await.err().unwrap();
        assert!(matches!(error, Error::OutOfTime { .. }), "{error:?}");
        assert_eq!(call.deadline.started.elapsed(), Duration::from_secs(5));
    }

    #[tokio::test]
    async fn a_body_that_was_given_out_counts_whatever_the_error_says() {
        let (http, permits, close_watch) = (http(), Semaphore::new(0), CloseWatch::new());
        let call = call(&http, &permits, &close_watch);
        let unanswered = |seal| {
            let of_building = reqwest::Client::builder().user_agent("\n").build().unwrap_err();
            assert!(of_building.is_builder());
            call.attempt(1).unanswered(seal, of_building)
        };

        let (body, seal) = OnceBody::new(Bytes::from_static(b"{}"), None);
        assert!(matches!(unanswered(Some(&seal)), Error::NotBuilt { .. }));
        drop(body);

        let (mut body, seal) = OnceBody::new(Bytes::from_static(b"{}"), None);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(std::pin::Pin::new(&mut body).poll_frame(&mut context).is_ready());
        assert!(matches!(unanswered(Some(&seal)), Error::NoAnswer { .. }));
        assert!(matches!(unanswered(None), Error::NotBuilt { .. }));
    }
}
