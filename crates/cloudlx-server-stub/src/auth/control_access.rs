//! What a caller of the control API must show.

use secrecy::{ExposeSecret, SecretString};

/// The shortest token, in characters: as many hex digits as UUIDs are made of.
pub(crate) const SHORTEST_TOKEN: usize = 32;

/// What a caller of the control API must bring.
#[derive(Debug)]
pub(crate) struct ControlAccess {
    token: Option<SecretString>,
}

impl ControlAccess {
    /// None when the token is too short, or cannot stand in a header.
    pub(crate) fn new(token: Option<SecretString>) -> Option<Self> {
        let can_be = token.as_ref().is_none_or(|token| {
            let token = token.expose_secret();
            token.len() >= SHORTEST_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic())
        });
        can_be.then_some(Self { token })
    }

    /// Whether callers need a token.
    #[cfg(feature = "page")]
    pub(crate) fn needs_token(&self) -> bool {
        self.token.is_some()
    }

    /// The token, where callers need one.
    pub(crate) fn token(&self) -> Option<&SecretString> {
        self.token.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_and_fits_into_a_header() {
        let can_be = |token: &str| ControlAccess::new(Some(token.into())).is_some();
        assert!(can_be(&"x".repeat(SHORTEST_TOKEN)));
        assert!(!can_be(&"x".repeat(SHORTEST_TOKEN - 1)));
        assert!(!can_be(&" ".repeat(SHORTEST_TOKEN)));
        assert!(!can_be(&"é".repeat(SHORTEST_TOKEN)));
    }
}
