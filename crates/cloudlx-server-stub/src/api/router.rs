//! Routes by path and method, for the API and for the control API.
//!
//! Paths match as they are written: a trailing slash, a doubled one or a percent-encoded letter makes another path.

use std::collections::{BTreeMap, HashSet};

use hyper::Method;

/// What a router finds.
pub(crate) trait Route {
    fn method(&self) -> &str;
    fn path(&self) -> &str;
}

/// Routes by path.
pub(crate) struct Router<R>(matchit::Router<Vec<R>>);

/// What stands at a path: at least one route.
pub(crate) struct Match<'r, 'p, R> {
    routes: &'r [R],
    /// The value of the path's parameter, on paths that have one.
    pub(crate) parameter: Option<&'p str>,
}

impl<R: Route + Clone> Router<R> {
    /// # Errors
    ///
    /// When two paths cannot stand side by side.
    pub(crate) fn new(routes: &[R]) -> Result<Self, matchit::InsertError> {
        let mut by_path = BTreeMap::<&str, Vec<R>>::new();
        for route in routes {
            by_path.entry(route.path()).or_default().push(route.clone());
        }
        let mut paths = matchit::Router::new();
        for (path, routes) in by_path {
            paths.insert(path, routes)?;
        }
        Ok(Self(paths))
    }

    pub(crate) fn at<'r, 'p>(&'r self, path: &'p str) -> Option<Match<'r, 'p, R>> {
        let matched = self.0.at(path).ok()?;
        let parameter = matched.params.iter().next().map(|(_, value)| value);
        Some(Match { routes: matched.value, parameter })
    }
}

impl<'r, R: Route> Match<'r, '_, R> {
    /// The route for a method. `HEAD` finds the route of `GET` (inferred, RFC 9110).
    pub(crate) fn route(&self, method: &Method) -> Option<&'r R> {
        let wanted = if method == Method::HEAD { Method::GET.as_str() } else { method.as_str() };
        self.routes.iter().find(|route| route.method() == wanted)
    }

    /// The methods that the path allows.
    pub(crate) fn methods(&self) -> Vec<&'r str> {
        methods(self.routes)
    }
}

/// The methods of some routes, each once, with `HEAD` after `GET`.
pub(crate) fn methods<R: Route>(routes: &[R]) -> Vec<&str> {
    let mut methods = Vec::new();
    for route in routes {
        methods.push(route.method());
        if route.method() == Method::GET.as_str() {
            methods.push("HEAD");
        }
    }
    let mut seen = HashSet::new();
    methods.retain(|method| seen.insert(*method));
    methods
}
