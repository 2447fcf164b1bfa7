//! Access to the control API.

use secrecy::{ExposeSecret, SecretString};

/// The shortest token, in characters: as many as the hex digits of a UUID.
pub(crate) const SHORTEST_TOKEN: usize = 32;

/// The token that callers of the control API need, if they need one.
#[derive(Debug)]
pub(crate) struct ControlAccess {
    token: Option<SecretString>,
}

impl ControlAccess {
    /// None when the token is too short, or not visible ASCII, which a header needs.
    pub(crate) fn new(token: Option<SecretString>) -> Option<Self> {
        let is_valid = token.as_ref().is_none_or(|token| {
            let token = token.expose_secret();
            token.len() >= SHORTEST_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic())
        });
        is_valid.then_some(Self { token })
    }

    /// Whether callers need a token.
    #[cfg(feature = "page")]
    pub(crate) fn needs_token(&self) -> bool {
        self.token.is_some()
    }

    /// The token, if callers need one.
    pub(crate) fn token(&self) -> Option<&SecretString> {
        self.token.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_and_fits_into_a_header() {
        let is_valid = |token: &str| ControlAccess::new(Some(token.into())).is_some();
        assert!(is_valid(&"x".repeat(SHORTEST_TOKEN)));
        assert!(!is_valid(&"x".repeat(SHORTEST_TOKEN - 1)));
        assert!(!is_valid(&" ".repeat(SHORTEST_TOKEN)));
        assert!(!is_valid(&"é".repeat(SHORTEST_TOKEN)));
    }
}
