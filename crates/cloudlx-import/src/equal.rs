//! Which rows are equal: a fingerprint of all that is sent for a row.

use cloudlx_model::CreateCustomer;
use sha2::{Digest, Sha256};

/// Stands for the content of a request: requests that ask for the same customer have the same one. 128 bits, so that
/// among a thousand million rows no two share one by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The order of ids does not matter, nor whether a list of none is written.
    pub(crate) fn of(request: &CreateCustomer) -> Self {
        let mut canonical = request.clone();
        canonical.realms.sort_unstable();
        for ids in [&mut canonical.shown_sub_realms, &mut canonical.enabled_sub_realms] {
            ids.get_or_insert_default().sort_unstable();
        }
        // A request is always JSON; were it not, it would equal none but those like it.
        let json = serde_json::to_vec(&canonical).unwrap_or_default();
        let hash: [u8; 32] = Sha256::digest(json).into();
        let (half, _) = hash.split_first_chunk().unwrap_or((&[0; 16], &[]));
        Self(*half)
    }
}

/// The rows of a file by content: 24 bytes a row, so that a million of them take 24 MB.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints(Vec<(Fingerprint, u64)>);

impl Fingerprints {
    pub(crate) fn push(&mut self, line: u64, request: &CreateCustomer) {
        self.0.push((Fingerprint::of(request), line));
    }

    /// The lines of rows that equal one before them, each with the first such, in the order of the file.
    pub(crate) fn repeated(mut self) -> Vec<(u64, u64)> {
        self.0.sort_unstable();
        let mut repeated: Vec<_> = self
            .0
            .chunk_by(|(one, _), (other, _)| one == other)
            .filter_map(<[_]>::split_first)
            .flat_map(|((_, first), rest)| rest.iter().map(|(_, line)| (*line, *first)))
            .collect();
        repeated.sort_unstable();
        repeated
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_validate::from_json;

    use super::*;

    fn request(json: &str) -> CreateCustomer {
        from_json(json.as_bytes()).unwrap().into_inner()
    }

    #[test]
    fn equal_is_what_asks_for_the_same() {
        let one = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [2, 1]}"#;
        let same = r#"{"realms": [1, 2], "name": "A", "currency_iso": "GBP", "country_iso": "GB", "email": null,
                       "shown_sub_realms": []}"#;
        let other = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2], "last_name": "B"}"#;
        assert_eq!(Fingerprint::of(&request(one)), Fingerprint::of(&request(same)));
        assert_ne!(Fingerprint::of(&request(one)), Fingerprint::of(&request(other)));

        let mut rows = Fingerprints::default();
        for (line, json) in [(2, one), (3, other), (5, same), (6, one)] {
            rows.push(line, &request(json));
        }
        assert_eq!(rows.repeated(), [(5, 2), (6, 2)]);
    }
}
