//! Whose import a journal is.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::input::Hex;

/// Stands before the client id, so that the hash is that of nothing else.
const PREFIX: &str = "cloudlx-import account 1\n";

/// Stands for the client id that an import is made with, which a journal need not show: a SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account(String);

impl Account {
    /// The account that a client id stands for.
    #[must_use]
    pub fn of_client(id: &str) -> Self {
        let hash: [u8; 32] = Sha256::new().chain_update(PREFIX).chain_update(id).finalize().into();
        Self(Hex(hash).to_string())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What a journal has kept.
    pub(crate) fn stored(hash: String) -> Self {
        Self(hash)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
        // As `printf 'cloudlx-import account 1\nclient-1' | sha256sum` says it: journals are read by later versions.
        assert_eq!(one.to_string(), "e34931878bc8588343d6afbad5dd4004f0b4d39ff5eacb8d442a0e5d275acf17");
    }
}
