//! The base URL, to which the path of every request is appended.

use std::net::IpAddr;

use reqwest::Url;

use crate::transport::proxy::Proxy;

/// A checked base URL: `http` or `https`, a host, and optionally a path prefix.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl(Url);

/// Why a text is not a base URL. No variant shows the text, because it may contain a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// The text is not an absolute URL.
    #[error("expected an absolute base URL such as https://www.infiny.io")]
    NotAUrl {
        /// The URL parser's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The scheme is neither `https` nor `http`.
    #[error("expected a base URL that starts with https://, found the scheme {scheme:?}")]
    Scheme {
        /// The scheme that was given.
        scheme: String,
    },
    /// A user name or a password stands before the host.
    #[error(
        "expected a base URL without user name and password: give credentials to the builder, where no message shows them"
    )]
    UserInfo,
    /// A query or a fragment follows the path.
    #[error(
        "expected a base URL that ends with its path, found a query or a fragment: leave out what follows ? or #"
    )]
    Tail,
    /// The scheme is `http` and the host is not this machine.
    #[error(
        "expected https:// for the host {host:?}, found http://, which shows secrets to everyone on the way: use https, \
         or allow plain HTTP (allow_plain_http)"
    )]
    PlainHttp {
        /// The host that was given.
        host: String,
    },
}

impl BaseUrl {
    /// Parses a base URL. Whether plain HTTP is allowed is not checked here.
    pub(crate) fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let mut url = Url::parse(text).map_err(|source| BaseUrlError::NotAUrl { source: source.into() })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BaseUrlError::Scheme { scheme: url.scheme().to_owned() });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Tail);
        }
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&prefix);
        Ok(Self(url))
    }

    /// Refuses plain HTTP to other machines than this one.
    pub(crate) fn require_confidential(&self) -> Result<(), BaseUrlError> {
        if self.is_https() || self.is_loopback() {
            return Ok(());
        }
        Err(BaseUrlError::PlainHttp { host: self.0.host_str().unwrap_or_default().to_owned() })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the host is this machine: 127.0.0.0/8, `[::1]` or `localhost`.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        address.map_or(host == "localhost", |address| address.is_loopback())
    }

    /// The proxy that the environment names for requests to this URL. Requests to this machine use none.
    ///
    /// # Errors
    ///
    /// The variable that should name a proxy, where its value cannot be used.
    pub(crate) fn proxy(&self) -> Result<Option<Proxy>, &'static str> {
        if self.is_loopback() { Ok(None) } else { Proxy::from_environment(&self.0) }
    }

    /// The URL of a path below the base.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_behind_the_prefix() {
        for (base, joined) in [
            ("https://www.infiny.io", "https://www.infiny.io/api/customers"),
            ("https://www.infiny.io/", "https://www.infiny.io/api/customers"),
            ("https://proxy.example:8443/infiny", "https://proxy.example:8443/infiny/api/customers"),
            ("https://proxy.example/a/b//", "https://proxy.example/a/b/api/customers"),
            ("http://[::1]:80/", "http://[::1]/api/customers"),
        ] {
            assert_eq!(BaseUrl::parse(base).unwrap().join("/api/customers").as_str(), joined, "{base}");
        }
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for own in [
            "http://127.0.0.1:1",
            "http://127.255.0.9",
            "http://[::1]:9",
            "http://localhost:1",
            "http://LOCALHOST",
        ] {
            assert!(BaseUrl::parse(own).unwrap().require_confidential().is_ok(), "{own}");
        }
        for other in [
            "http://www.infiny.io",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://128.0.0.1",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::2]",
            "http://[::ffff:8.8.8.8]",
        ] {
            let refused = BaseUrl::parse(other).unwrap().require_confidential();
            assert!(matches!(refused, Err(BaseUrlError::PlainHttp { .. })), "{other}");
        }
        assert!(BaseUrl::parse("https://www.infiny.io").unwrap().require_confidential().is_ok());
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        let refused = |text| BaseUrl::parse(text).unwrap_err();
        for text in ["", "www.infiny.io", "/api", "https://", "http://[::1"] {
            assert!(matches!(refused(text), BaseUrlError::NotAUrl { .. }), "{text}");
        }
        for text in ["ftp://www.infiny.io", "file:///api", "localhost:8080"] {
            assert!(matches!(refused(text), BaseUrlError::Scheme { .. }), "{text}");
        }
        for text in
            ["https://user@www.infiny.io", "https://:password@www.infiny.io", "https://u:p@www.infiny.io"]
        {
            assert!(matches!(refused(text), BaseUrlError::UserInfo), "{text}");
        }
        for text in ["https://www.infiny.io?a=b", "https://www.infiny.io/#x", "https://www.infiny.io/?"] {
            assert!(matches!(refused(text), BaseUrlError::Tail), "{text}");
        }
    }
}
