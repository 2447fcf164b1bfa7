//! What identifies a row of the input: its number, and the fingerprint of what is sent for it.

use std::fmt;

use cloudlx_model::CreateCustomer;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The number of a row: its position in the input, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RowId(pub u64);

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A fingerprint of a request. Requests that ask for the same customer have the same fingerprint.
///
/// It has 128 bits, so that among a thousand million rows no two share one by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Ignores the order of ids, and whether an empty list is written.
    pub(crate) fn new(request: &CreateCustomer) -> Self {
        let mut canonical = request.clone();
        canonical.realms.sort_unstable();
        for ids in [&mut canonical.shown_sub_realms, &mut canonical.enabled_sub_realms] {
            ids.get_or_insert_default().sort_unstable();
        }
        // Every request can be written as JSON. One that could not would only equal others of its kind.
        let json = serde_json::to_vec(&canonical).unwrap_or_default();
        let hash: [u8; 32] = Sha256::digest(json).into();
        let (half, _) = hash.split_first_chunk().unwrap_or((&[0; 16], &[]));
        Self(*half)
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_validate::from_json;

    use super::*;

    fn fingerprint(json: &str) -> Fingerprint {
        Fingerprint::new(&from_json(json.as_bytes()).unwrap())
    }

    #[test]
    fn equal_is_what_asks_for_the_same() {
        let one = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [2, 1]}"#;
        let same = r#"{"realms": [1, 2], "name": "A", "currency_iso": "GBP", "country_iso": "GB", "email": null,
                       "shown_sub_realms": []}"#;
        let other = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2], "last_name": "B"}"#;
        assert_eq!(fingerprint(one), fingerprint(same));
        assert_ne!(fingerprint(one), fingerprint(other));
    }
}
