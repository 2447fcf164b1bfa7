//! Masks texts: their content goes, and their form stays.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// Longer names of fields count as data.
const LONGEST_NAME: usize = 64;

/// Letters become `A` or `a`, digits become `1`, and the rest stays: an e-mail address still looks like one, and a date is still
/// one.
pub(crate) fn text(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            _ if character.is_numeric() => '1',
            _ if character.is_uppercase() => 'A',
            _ if character.is_alphabetic() => 'a',
            _ if character.is_ascii() || character.is_whitespace() => character,
            // Combining marks, symbols, emoji.
            _ => '?',
        })
        .collect()
}

/// A number with as many digits.
pub(crate) fn number(number: &Number) -> Value {
    let masked = number.to_string().replace(|it: char| it.is_ascii_digit(), "1");
    // With ones for digits, the number can exceed the range of JSON numbers in Rust. Any other number will do then.
    serde_json::from_str(&masked).unwrap_or_else(|_| Value::from(1))
}

/// The name of a field. It is masked where it looks like data, such as an id or an e-mail address.
pub(crate) fn name(name: &str) -> Cow<'_, str> {
    let is_name = name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_' || first == '$')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '$'))
        && name.chars().filter(char::is_ascii_digit).count() <= 4;
    if is_name { Cow::Borrowed(name) } else { Cow::Owned(text(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_what_it_looks_like() {
        for (came, masked) in [
            ("Example Company", "Aaaaaaa Aaaaaaa"),
            ("j.smith@example.com", "a.aaaaa@aaaaaaa.aaa"),
            ("2026-11-24T09:51:44Z", "1111-11-11A11:11:11A"),
            ("Ørsted A/S ① 株式会社", "Aaaaaa A/A 1 aaaa"),
            ("e\u{301}\u{1f600}", "a??"),
            ("", ""),
        ] {
            assert_eq!(text(came), masked);
        }
    }

    #[test]
    fn a_number_keeps_its_length() {
        for (came, masked) in [
            ("6918", "1111"),
            ("-12.5", "-11.1"),
            ("0", "1"),
            ("1e200", "1e111"),
            ("18446744073709551615", "11111111111111111111"),
        ] {
            let came: Number = serde_json::from_str(came).unwrap();
            assert_eq!(number(&came).to_string(), serde_json::from_str::<Value>(masked).unwrap().to_string());
        }
    }

    #[test]
    fn names_stay_and_data_goes() {
        for kept in ["vat_number", "iso_2", "hasAccess", "x-rate", "_links", "$ref", "line1"] {
            assert_eq!(name(kept), kept);
        }
        for (data, masked) in [
            ("6918", "1111"),
            ("j@example.com", "a@aaaaaaa.aaa"),
            ("Example Company", "Aaaaaaa Aaaaaaa"),
            ("a12345", "a11111"),
        ] {
            assert_eq!(name(data), masked);
        }
    }
}
