//! An access token, ready for the header of a request.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::error::token_kind::TokenKind;

/// A token that a header can hold. `Debug` does not show it.
#[derive(Debug)]
pub(crate) struct Bearer {
    pub(crate) secret: SecretString,
    pub(crate) header: HeaderValue,
    pub(crate) kind: TokenKind,
}

impl Bearer {
    /// None where the token contains other characters than visible ASCII.
    pub(crate) fn new(secret: SecretString, kind: TokenKind) -> Option<Self> {
        let token = secret.expose_secret();
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut header = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
        header.set_sensitive(true);
        Some(Self { secret, header, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_with_the_token_hides_it() {
        let bearer = |token: &str| Bearer::new(token.into(), TokenKind::Given);
        let good = bearer("t0k3n").unwrap();
        assert_eq!(good.header, "Bearer t0k3n");
        assert!(!format!("{good:?}").contains("t0k3n"));
        for bad in ["a\nb", "a b", "a\t", "é"] {
            assert!(bearer(bad).is_none(), "{bad:?}");
        }
    }
}
