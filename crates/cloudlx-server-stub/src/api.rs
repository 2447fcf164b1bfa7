//! The API as the stub answers it: the checks of a request in their order, then the endpoint.

mod accept;
pub(crate) mod answer;
pub(crate) mod call;
pub mod catalogue;
pub(crate) mod commit;
pub(crate) mod content_type;
pub(crate) mod customer_stream;
pub(crate) mod endpoints;
mod guarded;
pub(crate) mod paging;
pub(crate) mod rate_limit;
pub(crate) mod refusals;
pub(crate) mod request;
pub(crate) mod resources;
pub(crate) mod router;
pub(crate) mod routes;

use cloudlx_model::{Auth, EndpointInfo, MEDIA_TYPE, Method};
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::http::request::Parts;

use self::accept::allows_v1;
use self::answer::{Answer, shortened};
use self::call::Call;
use self::commit::Commit;
use self::content_type::Content;
use self::guarded::guarded;
use self::rate_limit::{Allowed, RateLimit};
use self::refusals::unsupported_media_type;
use self::request::Request;
use self::resources::Resources;
use self::routes::{Found, Routes};
use crate::auth::{Caller, Rights, TokenKind, bearer};
use crate::wire::body::BodyReader;

/// The API of one stub.
pub(crate) struct Api {
    pub(crate) routes: Routes,
    pub(crate) resources: Resources,
    /// How often a client may call; without a limit when there is none.
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) bodies: BodyReader,
}

impl Api {
    /// The endpoint that a request is for, or the refusal: 404, 405, or 204 to `OPTIONS`.
    pub(crate) fn find(&self, head: &Parts) -> Result<Found<'_>, Answer> {
        self.routes.find(&head.method, head.uri.path())
    }

    /// Answers a request: the checks in their order, then the endpoint.
    pub(crate) async fn answer(
        &self,
        found: Result<Found<'_>, Answer>,
        request: &mut Request<'_>,
        commit: Commit<'_>,
    ) -> Answer {
        let mut allowed = None;
        let answer = self.checked(found, request, commit, &mut allowed).await;
        let answer = answer.unwrap_or_else(|refusal| refusal);
        allowed.into_iter().fold(answer, |answer, allowed| allowed.shown_on(answer))
    }

    /// The checks, each with the statuses that it answers itself.
    async fn checked(
        &self,
        found: Result<Found<'_>, Answer>,
        request: &mut Request<'_>,
        commit: Commit<'_>,
        allowed: &mut Option<Allowed>,
    ) -> Result<Answer, Answer> {
        let Found { route, id } = found?; // 404, 405, OPTIONS
        let caller = self.authenticate(&route.endpoint, request).await?; // 401
        *allowed = self.count(caller.as_ref())?; // 429
        authorize(&route.endpoint, caller.as_ref())?; // 403
        accept_version_1(request)?; // 406
        let content = content_type(route.reads, request)?; // 415
        let body = self.body(route.reads, request).await?; // 413, 408, 400
        let call = Call { id, head: request.head, content, body: &body, commit };
        guarded(|| (route.handle)(&self.resources, &call)).await // 400, 422, 404, 200
    }

    /// Who calls, where the endpoint must know it.
    async fn authenticate(
        &self,
        endpoint: &EndpointInfo,
        request: &Request<'_>,
    ) -> Result<Option<Caller>, Answer> {
        if endpoint.auth == Auth::None {
            return Ok(None);
        }
        let token = bearer(request.headers.authorization.as_deref())?;
        Ok(Some(self.resources.store.find(TokenKind::Access, token).await??))
    }

    /// Counts the call of a client, where there is a limit.
    fn count(&self, caller: Option<&Caller>) -> Result<Option<Allowed>, Answer> {
        let (Some(limit), Some(caller)) = (&self.rate_limit, caller) else { return Ok(None) };
        Ok(Some(limit.count(&caller.client_id)?))
    }

    /// The body of an endpoint that reads one. The request keeps it for the request log.
    async fn body(&self, reads: &[Content], request: &mut Request<'_>) -> Result<Bytes, Answer> {
        if !reads.is_empty() {
            self.bodies.check_length(request.body)?;
            request.bytes = self.bodies.read(request.body).await?;
        }
        Ok(request.bytes.clone())
    }

    /// The answer with all of its body, for faults that change it.
    pub(crate) async fn whole(&self, mut answer: Answer) -> Answer {
        let Some(rest) = answer.rest.take() else { return answer };
        match rest.add_to(&*self.resources.store, &mut answer.body).await {
            Ok(()) => answer,
            Err(error) => Answer::error(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        }
    }
}

/// Whether the caller may do this.
fn authorize(endpoint: &EndpointInfo, caller: Option<&Caller>) -> Result<(), Answer> {
    match caller {
        Some(Caller { client_id, rights: Rights::Read }) if endpoint.method != Method::Get => {
            let message = format!(
                "expected a client that may create, found {}, which may only read: use the token of another client",
                shortened(client_id)
            );
            Err(Answer::error(StatusCode::FORBIDDEN, message))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether the caller accepts the one version that there is.
fn accept_version_1(request: &Request<'_>) -> Result<(), Answer> {
    let accept = request.headers.accept.as_deref().unwrap_or_default();
    if allows_v1(accept) {
        return Ok(());
    }
    let found = shortened(accept);
    let message =
        format!("expected an Accept that allows {MEDIA_TYPE}, found {found:?}: send that media type");
    Err(Answer::error(StatusCode::NOT_ACCEPTABLE, message))
}

/// How to read the body. JSON where the endpoint reads none.
fn content_type(reads: &[Content], request: &Request<'_>) -> Result<Content, Answer> {
    if reads.is_empty() {
        return Ok(Content::Json);
    }
    let named = request.headers.content_type.as_deref();
    let content = Content::named_by(named).filter(|content| reads.contains(content));
    content.ok_or_else(|| unsupported_media_type(named, reads))
}
