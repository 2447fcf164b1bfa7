//! Currencies: what a code stands for, and whether one may be billed in it.

use super::currency_table::{CURRENCIES, position};

/// A currency code that ISO 4217 or CLDR knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    /// Three capital letters.
    pub code: &'static str,
    /// CLDR's English name: `British Pound`.
    pub name: &'static str,
    /// Whether one may be billed in it, and if not, why.
    pub status: CurrencyStatus,
}

impl Currency {
    /// Whether one may be billed in it.
    #[must_use]
    pub const fn is_billable(&self) -> bool {
        matches!(self.status, CurrencyStatus::Billable)
    }
}

/// Whether a currency code can be billed in today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurrencyStatus {
    /// On ISO 4217's list one, and money: the codes that are accepted.
    Billable,
    /// On list one, but nothing that a customer could pay in.
    NotBillable(NotBillable),
    /// Not in use any more.
    Withdrawn {
        /// The day as an ISO date, from CLDR: the first on which its successor was tender where it was at home, be it
        /// beside the old notes (`1999-01-01` for the mark, `2023-01-01` for the kuna). Without a newer successor it
        /// is the last day on which the old one was.
        on: &'static str,
        /// The billable code that stands in its place today, at the end of the line of its successors: `EUR` for
        /// `HRD`, which the kuna came between. `None` where there are several or none.
        replaced_by: Option<&'static str>,
    },
}

/// Why a current code is nothing to bill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotBillable {
    /// A funds code or an index that amounts are stated in: `CHE`, `CLF`, `USN`.
    Fund,
    /// An ounce of it: `XAG`, `XAU`, `XPD`, `XPT`.
    PreciousMetal,
    /// A unit of the European bond markets: `XBA` to `XBD`.
    BondUnit,
    /// What institutions keep accounts in among themselves: `XAD`, `XDR`, `XSU`, `XUA`.
    UnitOfAccount,
    /// For testing: `XTS`.
    Testing,
    /// For transactions without money: `XXX`.
    NoCurrency,
}

/// The currency with this code, billable or not; three capital letters.
///
/// `None` for what neither ISO 4217 nor CLDR knows, and for small letters.
#[must_use]
pub fn currency(code: &str) -> Option<&'static Currency> {
    CURRENCIES.get(position(code.as_bytes().try_into().ok()?)?)
}

/// The billable currencies, in code order.
pub fn currencies() -> impl Iterator<Item = &'static Currency> {
    CURRENCIES.iter().filter(|currency| currency.is_billable())
}

/// A line of the table.
pub(super) const fn billable(code: &'static str, name: &'static str) -> Currency {
    Currency { code, name, status: CurrencyStatus::Billable }
}

/// A line of the table.
pub(super) const fn not_billable(code: &'static str, name: &'static str, why: NotBillable) -> Currency {
    Currency { code, name, status: CurrencyStatus::NotBillable(why) }
}

/// A line of the table.
pub(super) const fn withdrawn(
    code: &'static str,
    name: &'static str,
    on: &'static str,
    replaced_by: Option<&'static str>,
) -> Currency {
    Currency { code, name, status: CurrencyStatus::Withdrawn { on, replaced_by } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_under_its_code() {
        for line in &CURRENCIES {
            assert_eq!(currency(line.code), Some(line));
        }
    }

    #[test]
    fn the_lines_are_in_code_order() {
        assert!(CURRENCIES.is_sorted_by(|left, right| left.code < right.code));
    }

    #[test]
    fn every_replacement_is_billable() {
        for line in &CURRENCIES {
            if let CurrencyStatus::Withdrawn { replaced_by: Some(code), .. } = line.status {
                assert!(currency(code).is_some_and(Currency::is_billable), "{} → {code}", line.code);
            }
        }
    }

    #[test]
    fn every_withdrawal_is_dated_in_full() {
        for line in &CURRENCIES {
            if let CurrencyStatus::Withdrawn { on, .. } = line.status {
                let shape: String = on.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
                assert_eq!(shape, "0000-00-00", "{}", line.code);
            }
        }
    }
}
