//! The proxy that the environment names, and which variable it was.

use std::env;
use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

/// A proxy that requests go through because a variable of the environment names it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proxy {
    /// The address of the proxy, without user name and password.
    pub url: String,
    /// The variable that names it: one of `HTTPS_PROXY`, `https_proxy`, `HTTP_PROXY`, `http_proxy`, `ALL_PROXY` and
    /// `all_proxy`.
    pub variable: &'static str,
}

impl Proxy {
    /// The proxy that requests to `url` go through, as the HTTP client decides it.
    pub(crate) fn from_environment(url: &Url) -> Option<Self> {
        Self::find(url, |name| env::var(name).ok())
    }

    /// The HTTP client's own matcher decides, once for each variable that can name a proxy: so it is known which one does.
    fn find(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        // The header `Proxy` of a request reaches a CGI program as HTTP_PROXY, so there no proxy is used.
        if variable("REQUEST_METHOD").is_some() {
            return None;
        }
        // The first of two spellings counts, also where it is empty.
        let set = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| variable(name).map(|value| (name, value)))
        };
        let uri = url.as_str().parse().ok()?;
        let no_proxy = set(["NO_PROXY", "no_proxy"]).map(|(_, value)| value).unwrap_or_default();
        let own = match url.scheme() {
            "https" => ["HTTPS_PROXY", "https_proxy"],
            _ => ["HTTP_PROXY", "http_proxy"],
        };
        [own, ["ALL_PROXY", "all_proxy"]].into_iter().filter_map(set).find_map(|(name, value)| {
            let matcher = Matcher::builder().all(value).no(no_proxy.clone()).build();
            let proxy = matcher.intercept(&uri)?;
            Some(Self { url: proxy.uri().to_string().trim_end_matches('/').to_owned(), variable: name })
        })
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} that {} names", self.url, self.variable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(url: &str, variables: &[(&str, &str)]) -> Option<(String, &'static str)> {
        let value = |name: &str| {
            variables.iter().find(|(other, _)| *other == name).map(|&(_, value)| value.to_owned())
        };
        Proxy::find(&Url::parse(url).unwrap(), value).map(|proxy| (proxy.url, proxy.variable))
    }

    #[test]
    fn the_variable_that_names_the_proxy_is_found() {
        const API: &str = "https://api.example/infiny";
        let p = |name| Some(("http://p:3128".to_owned(), name));
        for (url, variables, expected) in [
            (API, &[][..], None),
            (API, &[("HTTPS_PROXY", "http://p:3128")], p("HTTPS_PROXY")),
            (API, &[("https_proxy", "p:3128")], p("https_proxy")),
            (
                API,
                &[("HTTPS_PROXY", "http://p:3128"), ("https_proxy", "http://q"), ("ALL_PROXY", "q")],
                p("HTTPS_PROXY"),
            ),
            (
                API,
                &[("HTTPS_PROXY", ""), ("https_proxy", "http://q"), ("ALL_PROXY", "http://p:3128")],
                p("ALL_PROXY"),
            ),
            (API, &[("HTTPS_PROXY", "ftp://q"), ("all_proxy", "http://p:3128/x")], p("all_proxy")),
            (API, &[("HTTP_PROXY", "http://p:3128")], None),
            (API, &[("HTTPS_PROXY", "http://p:3128"), ("NO_PROXY", "example")], None),
            (API, &[("HTTPS_PROXY", "http://p:3128"), ("no_proxy", "x, .api.example")], None),
            (API, &[("HTTPS_PROXY", "http://p:3128"), ("NO_PROXY", ""), ("no_proxy", "*")], p("HTTPS_PROXY")),
            (API, &[("HTTPS_PROXY", "http://p:3128"), ("REQUEST_METHOD", "GET")], None),
            (
                "http://api.example",
                &[("HTTP_PROXY", "http://p:3128"), ("HTTPS_PROXY", "http://q")],
                p("HTTP_PROXY"),
            ),
            ("http://api.example", &[("http_proxy", "http://p:3128")], p("http_proxy")),
        ] {
            assert_eq!(found(url, variables), expected, "{url} {variables:?}");
        }
    }

    #[test]
    fn the_proxys_password_is_not_kept() {
        let proxy = found("https://api.example", &[("HTTPS_PROXY", "http://user:pa%20ss@p:3128")]);
        assert_eq!(proxy, Some(("http://p:3128".to_owned(), "HTTPS_PROXY")));
    }
}
