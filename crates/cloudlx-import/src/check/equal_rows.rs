//! Finds rows of a file that ask for the same customer.

use cloudlx_model::CreateCustomer;

use crate::row::Fingerprint;

/// The fingerprint and line of each row: 24 bytes a row, so that a million rows take 24 MB.
#[derive(Debug, Default)]
pub(super) struct EqualRows(Vec<(Fingerprint, u64)>);

impl EqualRows {
    pub(super) fn push(&mut self, line: u64, request: &CreateCustomer) {
        self.0.push((Fingerprint::new(request), line));
    }

    /// The line of each row that equals an earlier one, with the line of the first such row, in the order of the file.
    pub(super) fn into_repeated(mut self) -> Vec<(u64, u64)> {
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

    #[test]
    fn each_repeated_row_names_the_first() {
        let one = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [2, 1]}"#;
        let other = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2], "last_name": "B"}"#;
        let same = r#"{"realms": [1, 2], "name": "A", "currency_iso": "GBP", "country_iso": "GB", "email": null,
                       "shown_sub_realms": []}"#;
        let mut rows = EqualRows::default();
        for (line, json) in [(2, one), (3, other), (5, same), (6, one)] {
            rows.push(line, &from_json(json.as_bytes()).unwrap());
        }
        assert_eq!(rows.into_repeated(), [(5, 2), (6, 2)]);
    }
}
