//! One attempt at a call: a request out, an answer in.

use std::time::Duration;

use bytes::Bytes;
use cloudlx_model::{AccessTokenRequest, Auth, Endpoint, MEDIA_TYPE, Method};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, USER_AGENT};
use reqwest::{Body, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::answer::{self, End, MAX_ANSWER_BYTES, MAX_ERROR_BODY_BYTES};
use crate::error_payload::{ErrorPayload, Glance, RawBody};
use crate::once_body::{OnceBody, Seal};
use crate::redact::Redactor;
use crate::{Error, RetryAfter, Target, TokenKind};

/// What an attempt is made of, apart from the endpoint.
pub(crate) struct Attempt<'a> {
    pub(crate) http: &'a reqwest::Client,
    pub(crate) url: Url,
    /// The request's type, as JSON, where the method has a body.
    pub(crate) body: Option<Bytes>,
    /// The token, where the endpoint asks for one.
    pub(crate) bearer: Option<Bearer<'a>>,
    /// Overrides the HTTP client's own.
    pub(crate) user_agent: Option<&'a HeaderValue>,
    /// The time from here to the last byte of the answer.
    pub(crate) timeout: Duration,
    /// What no message may show.
    pub(crate) secrets: Vec<&'a SecretString>,
}

/// A token that is sent.
#[derive(Clone, Copy)]
pub(crate) struct Bearer<'a> {
    pub(crate) token: &'a SecretString,
    pub(crate) kind: TokenKind,
}

/// The `Authorization` header with this token (page), if a header can hold it. Debug output of the header hides it.
pub(crate) fn authorization(token: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl Attempt<'_> {
    /// Makes the attempt.
    pub(crate) async fn make<E>(mut self) -> Result<E::Response, Error>
    where
        E: Endpoint<Response: DeserializeOwned>,
    {
        let (request, seal) = self.request::<E>()?;
        let mut response = match self.http.execute(request).await {
            Ok(response) => response,
            Err(source) => return Err(unanswered(self.target::<E>(), seal.as_ref(), source.without_url())),
        };
        let status = response.status();
        if *response.url() != self.url {
            return Err(Error::Strayed { target: self.target::<E>(), status });
        }
        if status.is_success() {
            return self.success::<E>(status, &mut response).await;
        }
        if status.is_redirection() {
            let location =
                response.headers().get(LOCATION).map(HeaderValue::as_bytes).map(String::from_utf8_lossy);
            let location = location.map(|location| self.redactor().clean(&location));
            return Err(Error::Redirected { target: self.target::<E>(), status, location });
        }
        Err(self.refusal::<E>(status, &mut response).await)
    }

    /// The request, and the seal of its body, if it has one.
    fn request<E: Endpoint>(&mut self) -> Result<(reqwest::Request, Option<Seal>), Error> {
        let method = match E::METHOD {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut request = reqwest::Request::new(method, self.url.clone());
        *request.headers_mut() = self.headers::<E>()?;
        *request.timeout_mut() = Some(self.timeout);
        let seal = self.body.take().map(|bytes| {
            let (body, seal) = OnceBody::new(bytes);
            *request.body_mut() = Some(Body::wrap(body));
            seal
        });
        Ok((request, seal))
    }

    fn headers<E: Endpoint>(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(ACCEPT, HeaderValue::from_static(MEDIA_TYPE));
        if let (Auth::Bearer, Some(bearer)) = (E::AUTH, self.bearer) {
            let value = authorization(bearer.token).ok_or_else(|| Error::NotBuilt {
                target: self.target::<E>(),
                source: "expected an access token of visible ASCII characters, which a header can hold"
                    .into(),
            })?;
            headers.insert(AUTHORIZATION, value);
        }
        if self.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(user_agent) = self.user_agent {
            headers.insert(USER_AGENT, user_agent.clone());
        }
        Ok(headers)
    }

    async fn success<E>(&self, status: StatusCode, response: &mut Response) -> Result<E::Response, Error>
    where
        E: Endpoint<Response: DeserializeOwned>,
    {
        let read = answer::read(response, MAX_ANSWER_BYTES).await;
        let (problem, cut) = match read.end {
            End::Broken(source) => {
                let source = source.without_url();
                return Err(Error::NoAnswer { target: self.target::<E>(), status: Some(status), source });
            }
            End::Bound => (format!("a body of more than {MAX_ANSWER_BYTES} bytes"), true),
            End::Whole => match serde_json::from_slice(&read.bytes) {
                Ok(response) => return Ok(response),
                Err(error) => (self.problem::<E>(&error), false),
            },
        };
        // An answer of the token endpoint may hold a token that nobody knows yet, and so nobody could redact.
        let body = (!is_token::<E>()).then(|| Box::new(self.raw_body(&read.bytes, cut)));
        Err(Error::Unexpected { target: self.target::<E>(), status, problem, body })
    }

    /// What is wrong with a body. The parser's own words can quote it, so they are redacted, or left out.
    fn problem<E: Endpoint>(&self, error: &serde_json::Error) -> String {
        let kind = if error.is_data() { "other JSON" } else { "a body that is not JSON" };
        if is_token::<E>() {
            return format!("{kind} (line {}, column {})", error.line(), error.column());
        }
        format!("{kind} ({})", Glance(&self.redactor().clean(&error.to_string())))
    }

    fn raw_body(&self, bytes: &[u8], cut: bool) -> RawBody {
        let kept = bytes.get(..MAX_ERROR_BODY_BYTES).unwrap_or(bytes);
        RawBody::read(kept, cut || kept.len() < bytes.len(), &self.redactor())
    }

    /// An answer that is neither a success nor a redirect. Its status counts even where its body is cut off.
    async fn refusal<E: Endpoint>(&self, status: StatusCode, response: &mut Response) -> Error {
        let retry_after = RetryAfter::from_headers(response.headers());
        let read = answer::read(response, MAX_ERROR_BODY_BYTES).await;
        let cut = !matches!(read.end, End::Whole);
        let payload = Box::new(ErrorPayload::read(&read.bytes, cut, &self.redactor()));
        let target = self.target::<E>();
        match self.bearer {
            Some(Bearer { kind, .. }) if status == StatusCode::UNAUTHORIZED => {
                Error::Unauthorized { target, token: kind, payload }
            }
            _ => Error::Status { target, status, retry_after, payload },
        }
    }

    fn target<E: Endpoint>(&self) -> Target {
        Target::of::<E>(&self.url)
    }

    fn redactor(&self) -> Redactor {
        Redactor::new(self.secrets.iter().copied())
    }
}

/// No answer began. Where a body was to be sent, it says whether it was; a request without one changes nothing.
fn unanswered(target: Target, seal: Option<&Seal>, source: reqwest::Error) -> Error {
    if source.is_builder() {
        return Error::NotBuilt { target, source: source.into() };
    }
    if seal.map_or_else(|| source.is_connect(), Seal::close) {
        return Error::NotSent { target, source };
    }
    Error::NoAnswer { target, status: None, source }
}

fn is_token<E: Endpoint>() -> bool {
    E::NAME == AccessTokenRequest::NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_with_the_token_hides_it() {
        let value = authorization(&SecretString::from("t0k3n")).unwrap();
        assert_eq!(value, "Bearer t0k3n");
        assert!(value.is_sensitive());
        assert!(!format!("{value:?}").contains("t0k3n"));
        assert!(authorization(&SecretString::from("a\nb")).is_none());
    }
}
