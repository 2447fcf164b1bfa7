//! Which handler answers which endpoint. Methods and paths are the model's; nothing here says one again.

use cloudlx_model::id::{MAX, MIN};
use cloudlx_model::{
    AccessTokenRequest, CreateCustomer, CustomerId, ENDPOINTS, Endpoint, EndpointInfo, GetCustomer,
    ListCustomers, ListRealms, ListSubRealms, RefreshTokenRequest,
};
use hyper::{Method, StatusCode};

use super::answer::{Answer, shortened};
use super::call::{Answering, Call};
use super::content_type::Content;
use super::endpoints::{customers, oauth2, realms};
use super::refusals::{allowing, method_not_allowed, nothing_at};
use super::resources::Resources;
use super::router::{self, Router, methods};

/// What an endpoint does with a call.
type Handle = for<'a> fn(&'a Resources, &'a Call<'a>) -> Answering<'a>;

/// What answers one endpoint.
#[derive(Clone)]
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
    to::<ListRealms>(&[], realms::list_realms),
    to::<ListSubRealms>(&[], realms::list_sub_realms),
];

const fn to<E: Endpoint>(reads: &'static [Content], handle: Handle) -> Route {
    Route { endpoint: EndpointInfo::of::<E>(), reads, handle }
}

impl router::Route for Route {
    fn method(&self) -> &str {
        self.endpoint.method.as_str()
    }

    fn path(&self) -> &str {
        self.endpoint.path
    }
}

/// All routes of the API.
pub(crate) struct Routes(Router<Route>);

/// The route of a request, with the id in its path when it has one.
pub(crate) struct Found<'a> {
    pub(crate) route: &'a Route,
    pub(crate) id: Option<CustomerId>,
}

impl Routes {
    /// # Errors
    ///
    /// When two paths of the model cannot stand side by side; the tests would show it.
    pub(crate) fn new() -> Result<Self, matchit::InsertError> {
        Ok(Self(Router::new(&ROUTES)?))
    }

    /// The route of a request. Without one: 404, 405 with `Allow`, or 204 with `Allow` to `OPTIONS` (inferred, RFC 9110).
    pub(crate) fn find(&self, method: &Method, path: &str) -> Result<Found<'_>, Answer> {
        if method == Method::OPTIONS && path == "*" {
            return Err(options(methods(&ROUTES)));
        }
        let matched = self.0.at(path).ok_or_else(|| unknown_path(path))?;
        // The one parameter that paths have is a customer's id. A text that no id is written as makes an unknown path.
        let id = match matched.parameter {
            Some(text) => Some(id_written_as(text).ok_or_else(|| no_id(text))?),
            None => None,
        };
        match matched.route(method) {
            Some(route) => Ok(Found { route, id }),
            None if method == Method::OPTIONS => Err(options(matched.methods())),
            None => {
                let allowed = with_options(matched.methods());
                Err(method_not_allowed(method, &allowed, "use one that the path has"))
            }
        }
    }
}

/// The id that `text` is the one way to write: no sign, no leading zeros.
fn id_written_as(text: &str) -> Option<CustomerId> {
    text.parse().ok().filter(|id: &CustomerId| id.to_string() == text)
}

fn unknown_path(path: &str) -> Answer {
    let known: Vec<_> =
        ENDPOINTS.iter().map(|endpoint| format!("{} {}", endpoint.method, endpoint.path)).collect();
    let remedy = if cfg!(feature = "page") && path == "/" {
        ": open it in a browser, or send `Accept: text/html`, for the stub's page"
    } else {
        ": check the path, slashes included"
    };
    nothing_at(path, &known.join(", "), remedy)
}

fn no_id(text: &str) -> Answer {
    let message = format!(
        "expected a customer's id, a whole number from {MIN} to {MAX}, at the end of the path, found {:?}: write its \
         digits alone, the first of them not 0",
        shortened(text)
    );
    Answer::error(StatusCode::NOT_FOUND, message)
}

/// 204 with `Allow`.
fn options(methods: Vec<&str>) -> Answer {
    allowing(Answer::no_content(), &with_options(methods))
}

fn with_options(mut methods: Vec<&str>) -> Vec<&str> {
    methods.push("OPTIONS");
    methods
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
            assert_eq!(found.ok().map(|found| found.route.endpoint), Some(*endpoint));
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
        assert_eq!(with_options(methods(&ROUTES)), ["POST", "GET", "HEAD", "OPTIONS"]);
    }
}
