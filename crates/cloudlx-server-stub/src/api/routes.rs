//! Which handler answers which endpoint. Methods and paths are the model's; nothing here says one again.
//!
//! Paths are taken as they are written: a slash at the end, a doubled one, or a percent-encoded letter makes another
//! path, and there is nothing there.

use std::collections::{BTreeMap, HashSet};

use cloudlx_model::id::{MAX, MIN};
use cloudlx_model::{
    AccessTokenRequest, CreateCustomer, CustomerId, ENDPOINTS, Endpoint, EndpointInfo, GetCustomer,
    ListCustomers, ListRealms, ListSubRealms, Method as ModelMethod, RefreshTokenRequest,
};
use hyper::header::{ALLOW, HeaderValue};
use hyper::{Method, StatusCode};

use crate::api::answer::{Answer, shortened};
use crate::api::content_type::Content;
use crate::api::endpoints::{Call, catalogue, customers, oauth2};
use crate::server::State;
use crate::store::Pending;

/// What an endpoint does with a call, and answers.
type Handle = for<'a> fn(&'a State, &'a Call<'a>) -> Pending<'a, Answer>;

/// What answers one endpoint.
pub(crate) struct Route {
    pub(crate) endpoint: EndpointInfo,
    /// The kinds of body that the endpoint reads; none when it reads no body.
    pub(crate) reads: &'static [Content],
    pub(crate) handle: Handle,
}

/// Callers of the token endpoints send JSON, forms and queries (sdk); all else is JSON (page).
const ROUTES: [Route; ENDPOINTS.len()] = [
    to::<AccessTokenRequest>(&[Content::Json, Content::Form], oauth2::access_token),
    to::<RefreshTokenRequest>(&[Content::Json, Content::Form], oauth2::refresh_token),
    to::<CreateCustomer>(&[Content::Json], customers::create),
    to::<ListCustomers>(&[], customers::list),
    to::<GetCustomer>(&[], customers::get),
    to::<ListRealms>(&[], catalogue::list_realms),
    to::<ListSubRealms>(&[], catalogue::list_sub_realms),
];

const fn to<E: Endpoint>(reads: &'static [Content], handle: Handle) -> Route {
    Route { endpoint: EndpointInfo::of::<E>(), reads, handle }
}

/// All routes, by path.
pub(crate) struct Routes(matchit::Router<Vec<Route>>);

/// A route that fits a request, with the id in its path when it has one.
pub(crate) struct Found<'a> {
    pub(crate) route: &'a Route,
    pub(crate) id: Option<CustomerId>,
}

impl Routes {
    /// # Errors
    ///
    /// When two paths of the model cannot stand side by side; the tests would tell.
    pub(crate) fn new() -> Result<Self, matchit::InsertError> {
        let mut by_path = BTreeMap::<&str, Vec<Route>>::new();
        for route in ROUTES {
            by_path.entry(route.endpoint.path).or_default().push(route);
        }
        let mut router = matchit::Router::new();
        for (path, routes) in by_path {
            router.insert(path, routes)?;
        }
        Ok(Self(router))
    }

    /// The route for a request, or what to say when there is none: 404, 405 with `Allow`, or the same to `OPTIONS`, which
    /// asks for it (inferred, RFC 9110).
    pub(crate) fn find(&self, method: &Method, path: &str) -> Result<Found<'_>, Answer> {
        if method == Method::OPTIONS && path == "*" {
            return Err(options(&ROUTES));
        }
        let matched = self.0.at(path).map_err(|_| nothing_at(path))?;
        // The one parameter that paths have is a customer's id. A text that no id is written as is no such path.
        let id = match matched.params.iter().next() {
            Some((_, text)) => Some(id_written_as(text).ok_or_else(|| no_id(text))?),
            None => None,
        };
        let routes = matched.value;
        let fitting = routes.iter().find(|route| fits(route.endpoint.method, method));
        match fitting {
            Some(route) => Ok(Found { route, id }),
            None if method == Method::OPTIONS => Err(options(routes)),
            None => Err(not_allowed(routes, method)),
        }
    }
}

/// `HEAD` is answered wherever `GET` is, without the body (inferred, RFC 9110).
fn fits(endpoint: ModelMethod, method: &Method) -> bool {
    endpoint.as_str() == method.as_str() || endpoint == ModelMethod::Get && method == Method::HEAD
}

/// The id that `text` is the one way to write: no sign, no zeros before it.
fn id_written_as(text: &str) -> Option<CustomerId> {
    text.parse().ok().filter(|id: &CustomerId| id.to_string() == text)
}

fn nothing_at(path: &str) -> Answer {
    let known: Vec<_> =
        ENDPOINTS.iter().map(|endpoint| format!("{} {}", endpoint.method, endpoint.path)).collect();
    let remedy = if cfg!(feature = "page") && path == "/" {
        "open it in a browser, or send `Accept: text/html`, for the stub's page"
    } else {
        "check the path, slashes included"
    };
    let message =
        format!("expected one of {}, found nothing at {}: {remedy}", known.join(", "), shortened(path));
    Answer::error(StatusCode::NOT_FOUND, message)
}

fn no_id(text: &str) -> Answer {
    let message = format!(
        "expected a customer's id, a whole number from {MIN} to {MAX}, at the end of the path, found {:?}: write its \
         digits alone, the first of them not 0",
        shortened(text)
    );
    Answer::error(StatusCode::NOT_FOUND, message)
}

fn not_allowed(routes: &[Route], method: &Method) -> Answer {
    let allowed = allowed(routes);
    let message = format!(
        "expected one of the methods {allowed}, found {}: use one that the path has",
        shortened(method.as_str())
    );
    with_allow(Answer::error(StatusCode::METHOD_NOT_ALLOWED, message), &allowed)
}

fn options(routes: &[Route]) -> Answer {
    with_allow(Answer::no_content(), &allowed(routes))
}

fn with_allow(answer: Answer, allowed: &str) -> Answer {
    match HeaderValue::from_str(allowed) {
        Ok(value) => answer.with(ALLOW, value),
        Err(_) => answer,
    }
}

/// The methods of some routes, each once: theirs, `HEAD` beside `GET`, and `OPTIONS`.
fn allowed(routes: &[Route]) -> String {
    let mut allowed = Vec::new();
    for route in routes {
        allowed.push(route.endpoint.method.as_str());
        if route.endpoint.method == ModelMethod::Get {
            allowed.push(Method::HEAD.as_str());
        }
    }
    allowed.push(Method::OPTIONS.as_str());
    let mut seen = HashSet::new();
    allowed.retain(|method| seen.insert(*method));
    allowed.join(", ")
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: &Method, path: &str) -> Option<StatusCode> {
        Routes::new().unwrap().find(method, path).err().map(|answer| answer.status)
    }

    #[test]
    fn every_endpoint_of_the_model_has_its_route() {
        let routes = Routes::new().unwrap();
        for endpoint in ENDPOINTS {
            let method: Method = endpoint.method.as_str().parse().unwrap();
            let path = endpoint.path.replace("{customer_id}", "6918");
            let found = routes.find(&method, &path);
            assert_eq!(found.ok().map(|found| found.route.endpoint), Some(endpoint));
        }
    }

    #[test]
    fn other_spellings_of_a_path_are_other_paths() {
        for path in [
            "/",
            "",
            "*",
            "/api",
            "/api/customers/",
            "//api/customers",
            "/api//customers",
            "/api/customer%73",
            "/API/customers",
            "/api/customers/6918/",
            "/api/customers/%36918",
            "/api/customers/+6918",
            "/api/customers/06918",
            "/api/customers/0",
            "/api/customers/-1",
            "/api/customers/x",
            "/api/customers/{customer_id}",
            "/api/customers/9007199254740992",
            "/api/customers/99999999999999999999999999",
        ] {
            assert_eq!(status(&Method::GET, path), Some(StatusCode::NOT_FOUND), "{path}");
        }
        assert_eq!(status(&Method::GET, "/api/customers/9007199254740991"), None);
    }

    #[test]
    fn head_goes_where_get_goes() {
        assert_eq!(status(&Method::HEAD, "/api/customers"), None);
        assert_eq!(status(&Method::HEAD, "/api/oauth2/access-token"), Some(StatusCode::METHOD_NOT_ALLOWED));
    }

    #[test]
    fn options_are_told_wherever_there_is_something() {
        assert_eq!(status(&Method::OPTIONS, "/api/customers"), Some(StatusCode::NO_CONTENT));
        assert_eq!(status(&Method::OPTIONS, "*"), Some(StatusCode::NO_CONTENT));
        assert_eq!(status(&Method::OPTIONS, "/api/nothing"), Some(StatusCode::NOT_FOUND));
        assert_eq!(allowed(&ROUTES), "POST, GET, HEAD, OPTIONS");
    }
}
