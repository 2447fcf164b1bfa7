//! Rules about the currency: how its code is written, that it exists, is in use, and is one to bill in.

use crate::iso::{self, CurrencyStatus, NotBillable};
use crate::quote::Quoted;
use crate::rules::country;
use crate::rules::definition::{BrokenText, Explanation, LEAST, RuleInfo, Source, TextRule};

pub(crate) static CURRENCY_FORMAT: TextRule = TextRule {
    info: RuleInfo {
        code: "currency-format",
        message: "expected three capital letters (ISO 4217), such as GBP, found {found}{remedy}",
        source: Source::Inferred,
        places: &["/currency_iso"],
        good: LEAST,
        bad: r#"{"name": "Example Company", "currency_iso": "GB", "country_iso": "GB", "realms": [1]}"#,
        bad_pointer: "/currency_iso",
        cel: None,
    },
    holds: is_code,
    explain,
};

pub(crate) static CURRENCY_UNKNOWN: TextRule = TextRule {
    info: RuleInfo {
        code: "currency-unknown",
        message: "expected an ISO 4217 currency, such as GBP, found {found}{remedy}",
        source: Source::Page,
        places: &["/currency_iso"],
        good: LEAST,
        bad: r#"{"name": "Example Company", "currency_iso": "GBX", "country_iso": "GB", "realms": [1]}"#,
        bad_pointer: "/currency_iso",
        cel: None,
    },
    holds: |code| iso::currency(code).is_some() || !is_code(code),
    explain,
};

pub(crate) static CURRENCY_WITHDRAWN: TextRule = TextRule {
    info: RuleInfo {
        code: "currency-withdrawn",
        message: "expected a currency that is in use today, found {found}{remedy}",
        source: Source::Inferred,
        places: &["/currency_iso"],
        good: LEAST,
        bad: r#"{"name": "Example Company", "currency_iso": "HRK", "country_iso": "HR", "realms": [1]}"#,
        bad_pointer: "/currency_iso",
        cel: None,
    },
    holds: |code| !matches!(status(code), Some(CurrencyStatus::Withdrawn { .. })),
    explain: explain_withdrawn,
};

pub(crate) static CURRENCY_NOT_BILLABLE: TextRule = TextRule {
    info: RuleInfo {
        code: "currency-not-billable",
        message: "expected a currency that people are billed in, found {found}{remedy}",
        source: Source::Inferred,
        places: &["/currency_iso"],
        good: LEAST,
        bad: r#"{"name": "Example Company", "currency_iso": "XAU", "country_iso": "GB", "realms": [1]}"#,
        bad_pointer: "/currency_iso",
        cel: None,
    },
    holds: |code| !matches!(status(code), Some(CurrencyStatus::NotBillable(_))),
    explain,
};

/// For the schema: the codes of the currencies that a customer can be billed in.
#[cfg(feature = "schema")]
pub(crate) fn codes() -> Vec<&'static str> {
    iso::currencies().map(|currency| currency.code).collect()
}

/// For the schema: the currencies' names, in the order of [`codes`].
#[cfg(feature = "schema")]
pub(crate) fn names() -> Vec<&'static str> {
    iso::currencies().map(|currency| currency.name).collect()
}

/// Whether `code` is written as alpha-3 codes are.
fn is_code(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn status(code: &str) -> Option<CurrencyStatus> {
    iso::currency(code).map(|currency| currency.status)
}

fn explain(broken: &BrokenText<'_>) -> Explanation {
    let remedy = |meant: &iso::Currency| format!(": write {} ({})", meant.code, meant.name);
    explanation(broken.text, remedy)
}

fn explain_withdrawn(broken: &BrokenText<'_>) -> Explanation {
    explanation(broken.text, |meant| format!(", use {}", meant.code))
}

fn explanation(code: &str, remedy: impl Fn(&iso::Currency) -> String) -> Explanation {
    let meant = meant(code);
    let found = match iso::currency(code) {
        None => Quoted(code).to_string(),
        Some(known) => format!("{} ({}){}", Quoted(code), known.name, shortcoming(known.status)),
    };
    Explanation {
        found,
        remedy: meant.map(remedy).unwrap_or_default().into(),
        suggestion: meant.map(|meant| meant.code.to_owned()),
        ..Explanation::default()
    }
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
    let of_country = || country::meant(&plain).and_then(|country| iso::currency_of_country(country.alpha_2));
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
        let broken = BrokenText { field: "currency_iso", required: true, text: "HRK" };
        let Explanation { found, remedy, .. } = explain_withdrawn(&broken);
        let message = format!("{found}{remedy}");
        assert!(message.ends_with("withdrawn 2023-01-01, use EUR"), "{message}");
    }
}
