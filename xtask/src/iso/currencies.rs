//! From CLDR's territories and tender dates to one status a currency code.

use std::collections::{BTreeMap, BTreeSet};

use super::amendments::{
    AS_OF, Kind, LIST_ONE_CODES, NAMES, NOT_BILLABLE, NOT_ISO, STILL_LISTED, SUCCESSIONS, Succession,
};
use super::cldr::{Cldr, Tender};
use super::error::IsoError;

/// A line of the currency table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Currency {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) status: Status,
}

/// What a currency code is good for on the day [`AS_OF`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Status {
    Billable,
    NotBillable(Kind),
    Withdrawn { on: String, replaced_by: Option<String> },
}

/// Every currency code that CLDR and ISO 4217 know, in code order.
pub(super) fn currencies(cldr: &Cldr) -> Result<Vec<Currency>, IsoError> {
    check_amendments(cldr)?;

    let billable = billable_codes(cldr);
    let by_code = tenders_by_code(cldr);
    let mut currencies = Vec::new();
    for (code, tenders) in &by_code {
        let status = if billable.contains(code) {
            Status::Billable
        } else if let Some((_, kind)) = NOT_BILLABLE.iter().find(|(listed, _)| listed == code) {
            Status::NotBillable(*kind)
        } else if has(NOT_ISO, code) {
            continue;
        } else if tenders.iter().all(|(_, tender)| tender.ended_before(AS_OF)) {
            let change = change_from(cldr, code, tenders);
            let replaced_by = last_successor(cldr, &by_code, &billable, code);
            Status::Withdrawn { on: change.on, replaced_by }
        } else {
            return Err(IsoError::Unclassified { code: (*code).to_owned() });
        };
        currencies.push(Currency { code: (*code).to_owned(), name: name(cldr, code)?, status });
    }

    let current = currencies.iter().filter(|it| !matches!(it.status, Status::Withdrawn { .. })).count();
    if current != LIST_ONE_CODES {
        return Err(IsoError::Count {
            what: "current currency codes",
            expected: LIST_ONE_CODES,
            found: current,
        });
    }
    Ok(currencies)
}

/// What a country's people are billed in: its own money where several are tender (`BTN` and not `INR` in Bhutan), and
/// otherwise the one that CLDR prefers.
///
/// A country's own money is the one whose code begins with the country's, as ISO 4217 makes its codes.
pub(super) fn currency_of<'a>(cldr: &'a Cldr, alpha_2: &str) -> Option<&'a str> {
    let mut current = cldr.currencies_of.get(alpha_2)?.iter().filter(|tender| tender.is_legal_on(AS_OF));
    let preferred = current.clone().next()?;
    let chosen = current.find(|tender| tender.currency.starts_with(alpha_2)).unwrap_or(preferred);
    Some(&chosen.currency)
}

type TendersByCode<'a> = BTreeMap<&'a str, Vec<(&'a str, &'a Tender)>>;

/// The step from a code to the next one.
#[derive(PartialEq, Eq)]
struct Change {
    on: String,
    to: Option<String>,
}

/// Tender somewhere today, or on list one all the same.
fn billable_codes(cldr: &Cldr) -> BTreeSet<&str> {
    let tender = cldr.currencies_of.values().flatten().filter(|tender| tender.is_legal_on(AS_OF));
    tender.map(|tender| tender.currency.as_str()).chain(STILL_LISTED.iter().map(|(code, _)| *code)).collect()
}

/// The territories in which each currency has been in use, with its time there.
fn tenders_by_code(cldr: &Cldr) -> TendersByCode<'_> {
    let mut by_code = TendersByCode::new();
    for (territory, tenders) in &cldr.currencies_of {
        for tender in tenders {
            by_code.entry(&tender.currency).or_default().push((territory, tender));
        }
    }
    by_code
}

/// What took a withdrawn code's place, and when.
fn change_from(cldr: &Cldr, code: &str, tenders: &[(&str, &Tender)]) -> Change {
    match SUCCESSIONS.iter().find(|succession| succession.code == code) {
        Some(Succession { replaced_by, on, .. }) => Change {
            on: on.map_or_else(|| last_day(tenders), str::to_owned),
            to: replaced_by.map(str::to_owned),
        },
        None => change_in_data(cldr, code, tenders),
    }
}

/// The change as it happened at home, or else in the territory that kept the old money longest. Where no territory
/// shows a successor there is none, and the day is the old one's last anywhere.
fn change_in_data(cldr: &Cldr, code: &str, tenders: &[(&str, &Tender)]) -> Change {
    let mut legal: Vec<_> = tenders.iter().filter(|(_, tender)| tender.legal).collect();
    legal.sort_by(|(left, old_left), (right, old_right)| {
        let away = |territory| !code.starts_with(territory);
        (away(*left), &old_right.to, left).cmp(&(away(*right), &old_left.to, right))
    });
    legal
        .into_iter()
        .find_map(|(territory, old)| change_in(cldr.currencies_of.get(*territory)?, old))
        .unwrap_or_else(|| Change { on: last_day(tenders), to: None })
}

/// The last day on which any territory had it.
fn last_day(tenders: &[(&str, &Tender)]) -> String {
    tenders.iter().filter_map(|(_, tender)| tender.to.clone()).max().unwrap_or_default()
}

/// The change within one territory: of the money that outlived the old, the last that came while the old was still
/// tender, or else the first that came afterwards.
///
/// The day is the successor's first. Where the successor is the older of the two (CUP took over from CUC), it is the
/// old one's last.
fn change_in(tenders: &[Tender], old: &Tender) -> Option<Change> {
    let end = old.to.as_deref()?;
    let outlived = tenders
        .iter()
        .filter(|tender| tender.legal && tender.currency != old.currency)
        .filter(|tender| tender.to.as_deref().is_none_or(|to| to > end));
    let successor = outlived
        .clone()
        .filter(|tender| tender.from.as_str() <= end)
        .max_by_key(|tender| &tender.from)
        .or_else(|| outlived.min_by_key(|tender| &tender.from))?;
    let on = if successor.from > old.from { &successor.from } else { end };
    Some(Change { on: on.to_owned(), to: Some(successor.currency.clone()) })
}

/// Follows the changes until they reach a code that is billable today: what to write now, not what was written next.
fn last_successor(
    cldr: &Cldr,
    tenders: &TendersByCode<'_>,
    billable: &BTreeSet<&str>,
    code: &str,
) -> Option<String> {
    let mut code = code.to_owned();
    // No chain is longer than there are codes, so a circle ends as well.
    for _ in 0..tenders.len() {
        code = change_from(cldr, &code, tenders.get(code.as_str())?).to?;
        if billable.contains(code.as_str()) {
            return Some(code);
        }
    }
    None
}

fn name(cldr: &Cldr, code: &str) -> Result<String, IsoError> {
    let amended = || NAMES.iter().find(|(named, _)| *named == code).map(|(_, name)| (*name).to_owned());
    cldr.currency_names
        .get(code)
        .cloned()
        .or_else(amended)
        .ok_or_else(|| IsoError::NoName { code: code.to_owned() })
}

/// Fails on an amendment that the data has caught up with or speaks against.
fn check_amendments(cldr: &Cldr) -> Result<(), IsoError> {
    let tenders = tenders_by_code(cldr);
    let times = |code: &str| tenders.get(code).map(Vec::as_slice).unwrap_or_default();
    let is_tender = |code: &str| times(code).iter().any(|(_, tender)| tender.is_legal_on(AS_OF));
    // Holds for codes that the data does not know, too: they are as gone as can be.
    let has_ended = |code: &str| times(code).iter().all(|(_, tender)| tender.ended_before(AS_OF));

    for (code, _) in NAMES {
        needed("NAMES", code, !cldr.currency_names.contains_key(*code) && tenders.contains_key(code))?;
    }
    for (code, _) in STILL_LISTED {
        needed("STILL_LISTED", code, !is_tender(code) && tenders.contains_key(code))?;
    }
    for (code, _) in NOT_BILLABLE {
        needed("NOT_BILLABLE", code, !is_tender(code) && !has_ended(code))?;
    }
    for (code, _) in NOT_ISO {
        needed("NOT_ISO", code, !is_tender(code) && !has_ended(code))?;
    }
    for Succession { code, .. } in SUCCESSIONS {
        let differs = change_from(cldr, code, times(code)) != change_in_data(cldr, code, times(code));
        needed("SUCCESSIONS", code, differs && has_ended(code) && tenders.contains_key(code))?;
    }
    Ok(())
}

fn needed(table: &'static str, code: &'static str, is_needed: bool) -> Result<(), IsoError> {
    if is_needed { Ok(()) } else { Err(IsoError::Unneeded { table, code }) }
}

fn has(table: &[(&str, &str)], code: &str) -> bool {
    table.iter().any(|(listed, _)| *listed == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A history of territories: lines of `territory currency from to`, `-` for a day that CLDR leaves out.
    fn cldr(history: &str) -> Cldr {
        let mut cldr = Cldr::default();
        for line in history.lines() {
            let mut words = line.split_whitespace().map(str::to_owned);
            let mut word = || words.next().unwrap();
            let (territory, currency, from, to) = (word(), word(), word(), word());
            let tender = Tender { currency, from, to: (to != "-").then_some(to), legal: true };
            cldr.currencies_of.entry(territory).or_default().push(tender);
        }
        cldr
    }

    fn change(history: &str, code: &str) -> (String, Option<String>) {
        let cldr = cldr(history);
        let Change { on, to } = change_from(&cldr, code, &tenders_by_code(&cldr)[code]);
        (on, to)
    }

    #[test]
    fn the_change_is_the_successor_s_first_day_even_while_the_old_is_still_tender() {
        let history = "HR EUR 2023-01-01 -\nHR HRK 1994-05-30 2023-01-14";
        assert_eq!(change(history, "HRK"), ("2023-01-01".to_owned(), Some("EUR".to_owned())));
    }

    #[test]
    fn of_two_that_outlive_the_old_the_newer_is_the_successor() {
        let history = "ZW USD 2009-04-12 -\nZW ZWG 2024-06-25 -\nZW ZWL 2009-02-02 2024-08-31";
        assert_eq!(change(history, "ZWL"), ("2024-06-25".to_owned(), Some("ZWG".to_owned())));
    }

    #[test]
    fn an_older_successor_takes_over_on_the_old_one_s_last_day() {
        let history = "CU CUP 1859-01-01 -\nCU CUC 1994-01-01 2021-06-01";
        assert_eq!(change(history, "CUC"), ("2021-06-01".to_owned(), Some("CUP".to_owned())));
    }

    #[test]
    fn home_counts_before_the_territory_that_kept_it_longest() {
        let history = "DE EUR 1999-01-01 -\nDE DEM 1948-06-20 2002-02-28\n\
                       ME EUR 2002-01-01 -\nME DEM 1999-10-02 2002-05-15";
        assert_eq!(change(history, "DEM"), ("1999-01-01".to_owned(), Some("EUR".to_owned())));
    }

    #[test]
    fn without_a_home_the_territory_that_kept_it_longest_counts() {
        let history = "AW AWG 1986-01-01 -\nAW ANG 1940-05-10 1986-01-01\n\
                       CW XCG 2025-03-31 -\nCW ANG 2010-10-10 2025-06-30";
        assert_eq!(change(history, "ANG"), ("2025-03-31".to_owned(), Some("XCG".to_owned())));
    }

    #[test]
    fn the_line_of_successors_is_followed_to_a_billable_code_and_a_circle_ends() {
        let cldr = cldr(
            "HR HRD 1991-12-23 1995-01-01\nHR HRK 1994-05-30 2023-01-14\nHR EUR 2023-01-01 -\n\
             QA QAA 1990-01-01 2000-01-01\nQA QAB 1980-01-01 2001-01-01\n\
             QB QBA 1990-01-01 2000-01-01",
        );
        let successor = |code| last_successor(&cldr, &tenders_by_code(&cldr), &billable_codes(&cldr), code);
        assert_eq!(successor("HRD").as_deref(), Some("EUR"));
        assert_eq!(successor("QAA"), None);
        assert_eq!(successor("QBA"), None);
    }

    #[test]
    fn a_country_s_own_money_comes_before_what_cldr_prefers() {
        let cldr = cldr("LS ZAR 1961-02-14 -\nLS LSL 1980-01-22 -\nPS ILS 1985-09-04 -\nPS JOD 1996-02-12 -");
        assert_eq!(currency_of(&cldr, "LS"), Some("LSL"));
        assert_eq!(currency_of(&cldr, "PS"), Some("ILS"));
        assert_eq!(currency_of(&cldr, "AQ"), None);
    }

    #[test]
    fn tender_that_has_ended_or_not_begun_is_not_current() {
        let cldr = cldr("BG BGN 1999-07-05 2026-01-31\nBG EUR 2026-01-01 -\nBG BGX 2999-01-01 -");
        assert_eq!(currency_of(&cldr, "BG"), Some("EUR"));
    }

    #[test]
    fn an_amendment_of_a_code_that_the_data_does_not_know_fails() {
        let error = check_amendments(&Cldr::default()).unwrap_err();
        assert!(matches!(error, IsoError::Unneeded { table: "NAMES", code: "XAD" }), "{error}");
    }
}
