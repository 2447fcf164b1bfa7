//! Where an access token came from.

/// Where the access token came from that the server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// The caller gave it: [`Credentials::AccessToken`](crate::Credentials::AccessToken).
    Given,
    /// The client fetched it with its id and secret, during the call that failed.
    Fetched,
}
