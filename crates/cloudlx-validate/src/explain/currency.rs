//! What a person meant by a currency that is none.

use crate::iso::{self, CurrencyStatus, NotBillable};
use crate::quote::Quoted;
use crate::rule::Words;
use crate::violation::pointer;
use crate::{Rule, Violation};

/// The violation of `rule` by `code`.
pub(super) fn violation(name: &str, code: &str, rule: Rule) -> Violation {
    let meant = meant(code);
    let known = iso::currency(code);
    let found = match known {
        None => Quoted(code).to_string(),
        Some(known) => format!("{} ({}){}", Quoted(code), known.name, shortcoming(known.status)),
    };
    let remedy = match (meant, rule) {
        (Some(meant), Rule::CurrencyWithdrawn) => format!(", use {}", meant.code),
        (Some(meant), _) => format!(": write {} ({})", meant.code, meant.name),
        (None, _) => String::new(),
    };
    let words = Words { found: &found, remedy: &remedy, ..Words::default() };
    Violation::of(rule, pointer("", name), &words, meant.map(|meant| meant.code.to_owned()))
}

/// Why one does not bill in a known currency.
fn shortcoming(status: CurrencyStatus) -> String {
    match status {
        CurrencyStatus::Billable => String::new(),
        CurrencyStatus::NotBillable(why) => format!(", which is {}", reason(why)),
        CurrencyStatus::Withdrawn { on, .. } => format!(", withdrawn {on}"),
    }
}

/// The currency in other capitals, the one that took its place, the one of the country that was named, or the one that
/// has this name.
fn meant(code: &str) -> Option<&'static iso::Currency> {
    let plain = code.trim().to_uppercase();
    let of_country =
        || super::country::meant(&plain).and_then(|country| iso::currency_of_country(country.alpha_2));
    let found = match iso::currency(&plain) {
        Some(iso::Currency { status: CurrencyStatus::Billable, code, .. }) => Some(*code),
        Some(iso::Currency { status: CurrencyStatus::Withdrawn { replaced_by, .. }, .. }) => *replaced_by,
        // A country's fund is named after it: CHE is Switzerland's, as CHF is.
        Some(iso::Currency { status: CurrencyStatus::NotBillable(NotBillable::Fund), code, .. }) => {
            code.get(..2).and_then(iso::currency_of_country)
        }
        Some(_) => None,
        None => of_country().or_else(|| {
            iso::currencies()
                .find(|currency| currency.name.to_uppercase() == plain)
                .map(|currency| currency.code)
        }),
    };
    found.and_then(iso::currency)
}

fn reason(why: NotBillable) -> &'static str {
    match why {
        NotBillable::Fund => "a fund",
        NotBillable::PreciousMetal => "a precious metal",
        NotBillable::BondUnit => "a bond unit",
        NotBillable::UnitOfAccount => "a unit of account between institutions",
        NotBillable::Testing => "for tests",
        NotBillable::NoCurrency => "for transactions without a currency",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(code: &str) -> Option<&'static str> {
        meant(code).map(|currency| currency.code)
    }

    #[test]
    fn what_a_person_meant() {
        for (written, meant) in [
            ("GB", "GBP"),
            ("gb", "GBP"),
            ("UK", "GBP"),
            ("gbp", "GBP"),
            (" GBP ", "GBP"),
            ("GBR", "GBP"),
            ("HRK", "EUR"),
            ("hrk", "EUR"),
            ("BGN", "EUR"),
            ("ANG", "XCG"),
            ("SLL", "SLE"),
            ("ZWL", "ZWG"),
            ("CHE", "CHF"),
            ("USN", "USD"),
            ("British Pound", "GBP"),
            ("Germany", "EUR"),
        ] {
            assert_eq!(suggested(written), Some(meant), "{written}");
        }
    }

    #[test]
    fn nothing_is_made_up() {
        for written in ["", "QQQ", "XXX", "XTS", "XAU", "AQ", "£"] {
            assert_eq!(suggested(written), None, "{written}");
        }
    }

    #[test]
    fn a_withdrawn_currency_says_when_and_what_now() {
        let message = violation("currency_iso", "HRK", Rule::CurrencyWithdrawn).message;
        assert!(message.ends_with("withdrawn 2023-01-01, use EUR"), "{message}");
    }
}
