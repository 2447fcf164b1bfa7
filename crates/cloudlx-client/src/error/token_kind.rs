//! Which access token a server refused.

/// Where a refused access token came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// The caller gave it: [`Credentials::AccessToken`](crate::Credentials::AccessToken).
    Given,
    /// It was fetched with the client's id and secret, during the call that failed.
    Fetched,
}
