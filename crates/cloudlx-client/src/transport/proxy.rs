//! The proxy that the environment names, and the variable that names it.

use std::env;
use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

/// A proxy that an environment variable names for the requests.
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
    /// The proxy for requests to `url`, as the HTTP client chooses it.
    ///
    /// # Errors
    ///
    /// The variable that should name a proxy, where the HTTP client would ignore its value.
    pub(crate) fn from_environment(url: &Url) -> Result<Option<Self>, &'static str> {
        Self::find(url, |name| env::var(name).ok())
    }

    /// Asks the HTTP client's own matcher once for each variable that can name a proxy, to know which one does.
    fn find(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, &'static str> {
        // In a CGI program, HTTP_PROXY holds the header `Proxy` of the request, so no proxy is used there.
        if variable("REQUEST_METHOD").is_some() {
            return Ok(None);
        }
        // The first of the two spellings counts, even where it is empty.
        let set = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| variable(name).map(|value| (name, value)))
        };
        let Ok(uri) = url.as_str().parse() else { return Ok(None) };
        let no_proxy = set(["NO_PROXY", "no_proxy"]).map(|(_, value)| value).unwrap_or_default();
        let own = match url.scheme() {
            "https" => ["HTTPS_PROXY", "https_proxy"],
            _ => ["HTTP_PROXY", "http_proxy"],
        };
        for (name, value) in [own, ["ALL_PROXY", "all_proxy"]].into_iter().filter_map(set) {
            let is_empty = value.trim().is_empty();
            let names_one = Matcher::builder().all(value.clone()).build().intercept(&uri).is_some();
            match Matcher::builder().all(value).no(no_proxy.clone()).build().intercept(&uri) {
                Some(proxy) => {
                    let url = proxy.uri().to_string().trim_end_matches('/').to_owned();
                    return Ok(Some(Self { url, variable: name }));
                }
                None if !names_one && !is_empty => return Err(name),
                None => {}
            }
        }
        Ok(None)
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
        let proxy = Proxy::find(&Url::parse(url).unwrap(), value).unwrap();
        proxy.map(|proxy| (proxy.url, proxy.variable))
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
            (API, &[("HTTPS_PROXY", " "), ("all_proxy", "http://p:3128/x")], p("all_proxy")),
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
    fn a_variable_that_names_no_proxy_is_an_error_and_not_ignored() {
        for (variables, bad) in [
            (&[("HTTPS_PROXY", "::bad::")][..], "HTTPS_PROXY"),
            (&[("HTTPS_PROXY", "htp:/x y")], "HTTPS_PROXY"),
            (&[("HTTPS_PROXY", "ftp://q"), ("ALL_PROXY", "http://p:3128")], "HTTPS_PROXY"),
            (&[("all_proxy", "http://")], "all_proxy"),
        ] {
            let value = |name: &str| {
                variables.iter().find(|(other, _)| *other == name).map(|&(_, value)| value.to_owned())
            };
            assert_eq!(
                Proxy::find(&Url::parse("https://api.example").unwrap(), value),
                Err(bad),
                "{variables:?}"
            );
        }
    }

    #[test]
    fn the_proxys_password_is_not_kept() {
        let proxy = found("https://api.example", &[("HTTPS_PROXY", "http://user:pa%20ss@p:3128")]);
        assert_eq!(proxy, Some(("http://p:3128".to_owned(), "HTTPS_PROXY")));
    }
}
