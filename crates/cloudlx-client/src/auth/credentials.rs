//! The credentials of a client.

use cloudlx_model::AccessTokenRequest;
use secrecy::{ExposeSecret, SecretString};

use crate::auth::bearer::Bearer;
use crate::auth::token_cache::TokenCache;
use crate::error::build::BuildError;
use crate::error::token_kind::TokenKind;
use crate::redact::is_added;

/// How a client authenticates.
///
/// `Debug` shows the client's id and no secret.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A client's id and secret, with which access tokens are fetched and renewed (sibling).
    Client {
        /// The client's id.
        id: String,
        /// The client's secret.
        secret: SecretString,
    },
    /// An access token from elsewhere. The client cannot renew it: once it has expired, every call fails with
    /// [`Error::Unauthorized`](crate::Error::Unauthorized).
    AccessToken(SecretString),
}

impl Credentials {
    /// A client's id and secret.
    #[must_use]
    pub fn client(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self::Client { id: id.into(), secret: secret.into() }
    }

    /// An access token from elsewhere.
    #[must_use]
    pub fn access_token(token: impl Into<SecretString>) -> Self {
        Self::AccessToken(token.into())
    }
}

/// Where the token of each call comes from: checked credentials. `Debug` shows no secret.
#[derive(Debug)]
pub(crate) enum TokenSource {
    /// The caller gave the token.
    Given(Bearer),
    /// The token is fetched with this request, and kept.
    Fetched { request: AccessTokenRequest, tokens: TokenCache },
}

impl TokenSource {
    pub(crate) fn new(credentials: Credentials) -> Result<Self, BuildError> {
        match credentials {
            Credentials::AccessToken(token) if token.expose_secret().is_empty() => {
                Err(BuildError::EmptyCredential { part: "access token" })
            }
            Credentials::AccessToken(token) => {
                Bearer::new(token, TokenKind::Given).map(Self::Given).ok_or(BuildError::AccessToken)
            }
            Credentials::Client { id, secret } => {
                check("client id", &id)?;
                check("client secret", secret.expose_secret())?;
                let request = AccessTokenRequest::new(id, secret);
                Ok(Self::Fetched { request, tokens: TokenCache::default() })
            }
        }
    }

    /// The secret that no message may show. None where it equals the client's id, as it can for a stub: that is no secret, and
    /// redacting it would only make messages worse.
    pub(crate) fn secret(&self) -> Option<&SecretString> {
        match self {
            Self::Given(bearer) => Some(&bearer.secret),
            Self::Fetched { request, .. } => {
                Some(&request.client_secret).filter(|secret| secret.expose_secret() != request.client_id)
            }
        }
    }
}

/// Refuses characters that files and copies add to a credential. A server whose framework trims texts may accept them
/// (inferred), but could echo the secret in a form that is harder to recognise, and other servers would refuse them.
fn check(part: &'static str, text: &str) -> Result<(), BuildError> {
    let at = |position: &str, character: Option<char>| {
        let found = character.map(|character| format!("{} {position}", name(character)));
        found.map_or(Ok(()), |found| Err(BuildError::Credential { part, found }))
    };
    if text.is_empty() {
        return Err(BuildError::EmptyCredential { part });
    }
    at("at its end", text.chars().next_back().filter(|it| is_added(*it)))?;
    at("at its beginning", text.chars().next().filter(|it| is_added(*it)))?;
    at("within it", text.chars().find(|it| it.is_control()))
}

fn name(character: char) -> String {
    match character {
        '\n' | '\r' => "a line end".to_owned(),
        ' ' => "a space".to_owned(),
        '\t' => "a tab".to_owned(),
        '\u{feff}' => "a byte-order mark (U+FEFF)".to_owned(),
        other => format!("U+{:04X}", u32::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error for credentials with this id and this secret; none where they can be used.
    fn refusal(id: &str, secret: &str) -> Option<String> {
        let error = TokenSource::new(Credentials::client(id, secret)).err()?;
        assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
        Some(error.to_string())
    }

    #[test]
    fn what_a_file_or_a_copy_adds_to_an_id_or_a_secret_is_refused_and_named() {
        for (before, after, found) in [
            ("", "\n", "a line end at its end"),
            ("", "\r\n", "a line end at its end"),
            ("", " ", "a space at its end"),
            ("\t", "", "a tab at its beginning"),
            ("\u{feff}", "", "a byte-order mark (U+FEFF) at its beginning"),
            ("", "\u{a0}", "U+00A0 at its end"),
            ("\u{3000}", "", "U+3000 at its beginning"),
            ("", "\u{2028}", "U+2028 at its end"),
            ("\u{200b}", "", "U+200B at its beginning"),
            ("", "\u{202c}", "U+202C at its end"),
            ("", "\0", "U+0000 at its end"),
            ("", "\u{85}", "U+0085 at its end"),
            ("a\0", "", "U+0000 within it"),
            ("a\n", "", "a line end within it"),
            ("a\u{1b}", "", "U+001B within it"),
        ] {
            let text = format!("{before}s3cret{after}");
            for (part, refused) in
                [("client id", refusal(&text, "s")), ("client secret", refusal("i", &text))]
            {
                let refused = refused.expect("it is refused");
                assert!(
                    refused.contains(part) && refused.contains(&format!("found {found}: remove")),
                    "{refused}"
                );
            }
        }
        assert!(refusal("i", " ").is_some_and(|it| it.contains("a space at its end")));
    }

    #[test]
    fn an_id_and_a_secret_may_have_all_else_within() {
        for text in ["s", "s3cret of many words", "s\u{a0}s", "žluťoučký", "شركة", "a\u{200d}b", "\u{1f511}"]
        {
            assert_eq!(refusal(text, text), None, "{text}");
        }
    }
}
