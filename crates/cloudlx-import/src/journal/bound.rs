//! What a journal is bound to: one input file, one API and one account.

use std::fmt;

use sha2::{Digest, Sha256};

use super::error::JournalError;
use crate::hash::Hex;

/// Hashed before the client id, so that no other program makes the same hash.
const PREFIX: &str = "cloudlx-import account 1\n";

/// An account, as the SHA-256 of its client id. A journal stores this hash and not the client id itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account(String);

impl Account {
    /// The account of a client id.
    #[must_use]
    pub fn of_client(id: &str) -> Self {
        let hash: [u8; 32] = Sha256::new().chain_update(PREFIX).chain_update(id).finalize().into();
        Self(Hex(hash).to_string())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The account whose hash a journal has stored.
    pub(super) fn from_stored(hash: String) -> Self {
        Self(hash)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a journal is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The SHA-256 of the input file.
    pub input: String,
    /// The base URL of the API; none before the API answered for the first time.
    pub api: Option<String>,
    /// The account; none while every run used only an access token, which does not identify an account.
    pub account: Option<Account>,
}

impl Bound {
    /// Whether the journal is already bound to the API at `base_url` and, where `account` is known, to that account.
    ///
    /// # Errors
    ///
    /// When the journal is bound to another API or account.
    pub fn is_to(&self, base_url: &str, account: Option<&Account>) -> Result<bool, JournalError> {
        if let Some(bound) = self.api.as_deref().filter(|bound| *bound != base_url) {
            return Err(JournalError::OtherApi { bound: bound.to_owned(), found: base_url.to_owned() });
        }
        match (&self.account, account) {
            (Some(bound), Some(account)) if bound != account => Err(JournalError::OtherAccount),
            (bound, account) => Ok(self.api.is_some() && (bound.is_some() || account.is_none())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_client_ids_apart_and_shows_none() {
        let one = Account::of_client("client-1");
        assert_eq!(one, Account::of_client("client-1"));
        assert_ne!(one, Account::of_client("client-2"));
        // What `printf 'cloudlx-import account 1\nclient-1' | sha256sum` prints: later versions read stored hashes.
        assert_eq!(one.to_string(), "e34931878bc8588343d6afbad5dd4004f0b4d39ff5eacb8d442a0e5d275acf17");
    }
}
