//! The ISO tables through their public look-ups: known edges, and every key there is.

use std::collections::BTreeSet;

use cloudlx_validate::iso::{self, Currency, CurrencyStatus, NotBillable};

/// Every string of so many capital letters, in order.
fn keys(letters: usize) -> impl Iterator<Item = String> {
    let longer = |keys: Vec<String>, _| {
        keys.iter().flat_map(|key| ('A'..='Z').map(move |letter| format!("{key}{letter}"))).collect()
    };
    (0..letters).fold(vec![String::new()], longer).into_iter()
}

fn status(code: &str) -> Option<CurrencyStatus> {
    iso::currency(code).map(|currency| currency.status)
}

fn assert_withdrawn(code: &str, on: &'static str, replaced_by: Option<&'static str>) {
    assert_eq!(status(code), Some(CurrencyStatus::Withdrawn { on, replaced_by }), "{code}");
}

#[test]
fn list_one_has_178_codes_of_which_155_are_billable() {
    let current: Vec<_> = keys(3)
        .filter_map(|code| iso::currency(&code))
        .filter(|currency| !matches!(currency.status, CurrencyStatus::Withdrawn { .. }))
        .collect();
    assert_eq!(current.len(), 178);
    assert_eq!(iso::currencies().count(), 155);
}

#[test]
fn the_23_codes_of_list_one_that_are_not_billable_are_these() {
    let listed = |kind| -> String {
        let codes = keys(3).filter(|code| status(code) == Some(CurrencyStatus::NotBillable(kind)));
        codes.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(listed(NotBillable::Fund), "BOV CHE CHW CLF COU MXV USN UYI UYW");
    assert_eq!(listed(NotBillable::PreciousMetal), "XAG XAU XPD XPT");
    assert_eq!(listed(NotBillable::BondUnit), "XBA XBB XBC XBD");
    assert_eq!(listed(NotBillable::UnitOfAccount), "XAD XDR XSU XUA");
    assert_eq!(listed(NotBillable::Testing), "XTS");
    assert_eq!(listed(NotBillable::NoCurrency), "XXX");
}

#[test]
fn iso_3166_1_has_249_official_countries() {
    assert_eq!(iso::countries().len(), 249);
}

#[test]
fn look_up_and_list_agree_on_all_17576_currency_keys() {
    assert_eq!(keys(3).count(), 17_576);
    let listed: Vec<_> = iso::currencies().map(|currency| currency.code.to_owned()).collect();
    let found: Vec<_> =
        keys(3).filter(|code| iso::currency(code).is_some_and(Currency::is_billable)).collect();
    assert_eq!(found, listed);
    for code in keys(3) {
        assert!(iso::currency(&code).is_none_or(|currency| currency.code == code), "{code}");
    }
}

#[test]
fn look_up_and_list_agree_on_all_676_country_keys() {
    let listed: Vec<_> = iso::countries().iter().map(|country| country.alpha_2.to_owned()).collect();
    let found: Vec<_> = keys(2).filter(|code| iso::country(code).is_some()).collect();
    assert_eq!(found, listed);
    for code in keys(2) {
        assert!(iso::country(&code).is_none_or(|country| country.alpha_2 == code), "{code}");
        assert!(iso::country_alias(&code).is_none_or(|alias| alias.code == code), "{code}");
    }
}

#[test]
fn look_up_and_list_agree_on_all_17576_alpha_3_keys() {
    let listed: BTreeSet<_> = iso::countries().iter().map(|country| country.alpha_3.to_owned()).collect();
    assert_eq!(listed.len(), 249, "every alpha-3 code is one country's only");
    let found: BTreeSet<_> = keys(3).filter(|code| iso::country_by_alpha_3(code).is_some()).collect();
    assert_eq!(found, listed);
}

#[test]
fn alpha_3_leads_back_to_the_same_country() {
    for country in iso::countries() {
        assert_eq!(iso::country_by_alpha_3(country.alpha_3), Some(country));
    }
}

#[test]
fn only_the_codes_as_iso_writes_them_are_found() {
    for code in ["", "GB", "gbp", "Gbp", "GBP ", " GBP", "GBPX", "GB£", "£", "QQQ", "CNH", "826"] {
        assert_eq!(iso::currency(code), None, "{code:?}");
    }
    for code in ["", "G", "gb", "Gb", "GB ", "GBR", "é", "QQ", "XK", "EU", "ZZ", "00"] {
        assert_eq!(iso::country(code), None, "{code:?}");
    }
    for code in ["", "GB", "gbr", "GBR ", "£A", "XKK", "826"] {
        assert_eq!(iso::country_by_alpha_3(code), None, "{code:?}");
    }
}

#[test]
fn names_are_cldr_english_and_not_iso_s_own() {
    let currency = |code| iso::currency(code).map(|currency| currency.name);
    assert_eq!(currency("GBP"), Some("British Pound"));
    assert_eq!(currency("USD"), Some("US Dollar"));
    assert_eq!(currency("XCG"), Some("Caribbean guilder"));
    assert_eq!(currency("SLL"), Some("Sierra Leonean Leone (1964—2022)"));
    let country = |code| iso::country(code).map(|country| country.name);
    assert_eq!(country("GB"), Some("United Kingdom"));
    assert_eq!(country("US"), Some("United States"));
    assert_eq!(country("CI"), Some("Côte d’Ivoire"));
}

#[test]
fn money_shared_by_several_countries_is_billable() {
    for code in ["EUR", "XAF", "XOF", "XPF", "XCD", "XCG"] {
        assert_eq!(status(code), Some(CurrencyStatus::Billable), "{code}");
    }
}

#[test]
fn the_newest_codes_and_the_second_codes_of_a_country_are_billable() {
    for code in ["ZWG", "SLE", "VES", "VED", "SVC", "BYN", "MRU", "STN", "CUP"] {
        assert_eq!(status(code), Some(CurrencyStatus::Billable), "{code}");
    }
}

#[test]
fn withdrawn_codes_say_since_when_and_what_to_write_now() {
    assert_withdrawn("HRK", "2023-01-01", Some("EUR"));
    assert_withdrawn("BGN", "2026-01-01", Some("EUR"));
    assert_withdrawn("LTL", "2015-01-01", Some("EUR"));
    for code in ["ATS", "BEF", "DEM", "ESP", "FIM", "FRF", "IEP", "ITL", "LUF", "NLG", "PTE"] {
        assert_withdrawn(code, "1999-01-01", Some("EUR"));
    }
    assert_withdrawn("GRD", "2001-01-01", Some("EUR"));
    assert_withdrawn("ANG", "2025-03-31", Some("XCG"));
    assert_withdrawn("SLL", "2022-07-01", Some("SLE"));
    assert_withdrawn("ZWL", "2024-06-25", Some("ZWG"));
    assert_withdrawn("VEF", "2018-08-20", Some("VES"));
    assert_withdrawn("BYR", "2016-07-01", Some("BYN"));
    assert_withdrawn("MRO", "2018-01-01", Some("MRU"));
    assert_withdrawn("STD", "2018-01-01", Some("STN"));
    assert_withdrawn("ZMK", "2013-01-01", Some("ZMW"));
}

#[test]
fn a_replacement_older_than_the_withdrawn_code_gives_the_last_day() {
    assert_withdrawn("CUC", "2021-06-01", Some("CUP"));
}

#[test]
fn a_replacement_that_was_replaced_itself_is_passed_over() {
    assert_withdrawn("HRD", "1994-05-30", Some("EUR"));
    assert_withdrawn("VEB", "2008-01-01", Some("VES"));
    assert_withdrawn("BYB", "2000-01-01", Some("BYN"));
}

#[test]
fn money_of_countries_that_broke_up_has_no_one_replacement() {
    for code in ["SUR", "CSK", "YUD", "YUM"] {
        let status = status(code);
        assert!(matches!(status, Some(CurrencyStatus::Withdrawn { replaced_by: None, .. })), "{code}");
    }
}

#[test]
fn every_country_but_antarctica_has_a_billable_currency() {
    for country in iso::countries() {
        assert_eq!(iso::currency_of_country(country.alpha_2), country.currency);
        let billable = country.currency.and_then(iso::currency).is_some_and(Currency::is_billable);
        assert_eq!(billable, country.alpha_2 != "AQ", "{}", country.alpha_2);
    }
}

#[test]
fn a_country_s_currency_is_what_people_are_billed_in_today() {
    let known = [
        ("GB", "GBP"),
        ("HR", "EUR"),
        ("BG", "EUR"),
        ("CW", "XCG"),
        ("SX", "XCG"),
        ("BQ", "USD"),
        ("SL", "SLE"),
        ("SV", "USD"),
        ("CU", "CUP"),
        ("VE", "VES"),
        ("CH", "CHF"),
        // Several are tender there: the country's own is meant.
        ("BT", "BTN"),
        ("LS", "LSL"),
        ("NA", "NAD"),
        ("PA", "PAB"),
        ("ZW", "ZWG"),
        // Several are tender there, and none its own.
        ("PS", "ILS"),
    ];
    for (country, currency) in known {
        assert_eq!(iso::currency_of_country(country), Some(currency), "{country}");
    }
    assert_eq!(iso::currency_of_country("UK"), None);
}

#[test]
fn former_and_unofficial_country_codes_say_what_to_write() {
    let known: [(&str, Option<&str>, &[&str]); 14] = [
        ("UK", None, &["GB"]),
        ("EL", None, &["GR"]),
        ("XI", None, &["GB"]),
        ("IC", None, &["ES"]),
        ("DY", None, &["BJ"]),
        ("AN", Some("2010-12-15"), &["CW", "SX", "BQ"]),
        ("BU", Some("1989-12-05"), &["MM"]),
        ("CS", Some("2006-09-26"), &["RS", "ME"]),
        ("DD", Some("1990-10-30"), &["DE"]),
        ("FX", Some("1997-07-14"), &["FR"]),
        ("TP", Some("2002-05-20"), &["TL"]),
        ("YU", Some("2003-07-23"), &["RS", "ME"]),
        ("YD", Some("1990-08-14"), &["YE"]),
        ("ZR", Some("1997-07-14"), &["CD"]),
    ];
    for (code, withdrawn_on, instead) in known {
        let alias = iso::country_alias(code).unwrap();
        assert_eq!((alias.withdrawn_on, alias.instead), (withdrawn_on, instead), "{code}");
    }
    assert_eq!(iso::country_alias("SU").map(|alias| alias.instead.len()), Some(15));
    assert_eq!(iso::country_alias("GB"), None);
    assert_eq!(iso::country_alias("uk"), None);
}
