//! Any method and path: `cargo test` replays the corpus, CONTRIBUTING says how to look further.

use std::panic::AssertUnwindSafe;

use cloudlx_model::Method as ModelMethod;
use hyper::header::ALLOW;

use super::*;

/// A request line without its end: `GET /api/customers`.
#[test]
fn router() {
    let routes = AssertUnwindSafe(Routes::new().unwrap());
    bolero::check!().with_iterations(1_000).for_each(|line: &[u8]| {
        let Ok(line) = str::from_utf8(line) else { return };
        let (method, path) = line.split_once(' ').unwrap_or((line, ""));
        let Ok(method) = Method::from_bytes(method.as_bytes()) else { return };
        match routes.find(&method, path) {
            Ok(Found { route, id }) => {
                let reads = route.endpoint.method == ModelMethod::Get && method == Method::HEAD;
                assert!(reads || route.endpoint.method.as_str() == method.as_str());
                assert_eq!(written(route.endpoint.path, id), path);
            }
            Err(answer) => said(answer, &method, path),
        }
    });
}

/// The one way to write the path of an endpoint.
fn written(path: &str, id: Option<CustomerId>) -> String {
    match id {
        Some(id) => path.replace("{customer_id}", &id.to_string()),
        None => path.to_owned(),
    }
}

/// What is not found is said in one of three ways, and `Allow` stands in an answer to a path that there is.
fn said(answer: Answer, method: &Method, path: &str) {
    let options = method == Method::OPTIONS;
    let response = answer.into_response(|_, _| {});
    let allow = response.headers().get(ALLOW).map(|value| value.to_str().unwrap().to_owned());
    let id = path.rsplit('/').next().and_then(id_written_as);
    let is_at = |it: &EndpointInfo| written(it.path, id) == path && (id.is_some() || !it.path.contains('{'));
    let exists = ENDPOINTS.iter().any(is_at) || options && path == "*";
    match response.status() {
        StatusCode::NOT_FOUND => assert!(!exists && allow.is_none()),
        StatusCode::NO_CONTENT => assert!(exists && options && allow.is_some()),
        StatusCode::METHOD_NOT_ALLOWED => {
            let allow = allow.unwrap();
            assert!(exists && !options && !allow.split(", ").any(|allowed| allowed == method.as_str()));
        }
        other => panic!("{other}"),
    }
}
