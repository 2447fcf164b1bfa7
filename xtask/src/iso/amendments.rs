//! What the data sets do not say, written by hand: every line with its reason.
//!
//! Each table is checked against the data whenever the tables are generated. A line that the data has caught up with,
//! or that it contradicts, fails the run, so that this file can only shrink unless the world changes.

/// The day that "current" refers to. A constant and not the clock, so that the output depends on nothing but the input.
///
/// Move it, and the pinned versions in `xtask/src/iso/package.json`, whenever the data sets have a new release.
pub(super) const AS_OF: &str = "2026-11-24";

/// How many codes the official list one of 2026-01-01 holds: what is billable and what is not, together.
///
/// CLDR has no notion of list one, so this number is what tells us that the two still describe the same set. It is the
/// newest list at hand, and on [`AS_OF`] the set was compared with it code by code.
pub(super) const LIST_ONE_CODES: usize = 178;

/// How many alpha-2 codes ISO 3166-1 assigns officially.
pub(super) const OFFICIAL_COUNTRIES: usize = 249;

/// Why a code of list one is nothing to bill in. The names are those of `cloudlx_validate::iso::NotBillable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Fund,
    PreciousMetal,
    BondUnit,
    UnitOfAccount,
    Testing,
    NoCurrency,
}

/// Codes of list one that no one is billed in. CLDR says of each that it is not tender, but not what it is instead.
pub(super) const NOT_BILLABLE: &[(&str, Kind)] = &[
    // Funds codes, as list one marks them.
    ("BOV", Kind::Fund),
    ("CHE", Kind::Fund),
    ("CHW", Kind::Fund),
    ("CLF", Kind::Fund),
    ("COU", Kind::Fund),
    ("MXV", Kind::Fund),
    ("USN", Kind::Fund),
    ("UYI", Kind::Fund),
    // List one does not mark it, but it is the twin of UYI: an index that pensions and wages are stated in.
    ("UYW", Kind::Fund),
    ("XAG", Kind::PreciousMetal),
    ("XAU", Kind::PreciousMetal),
    ("XPD", Kind::PreciousMetal),
    ("XPT", Kind::PreciousMetal),
    ("XBA", Kind::BondUnit),
    ("XBB", Kind::BondUnit),
    ("XBC", Kind::BondUnit),
    ("XBD", Kind::BondUnit),
    // On the list since 2025-05-12: what the Arab Monetary Fund keeps its books in, a multiple of the XDR.
    ("XAD", Kind::UnitOfAccount),
    ("XDR", Kind::UnitOfAccount),
    ("XSU", Kind::UnitOfAccount),
    ("XUA", Kind::UnitOfAccount),
    ("XTS", Kind::Testing),
    ("XXX", Kind::NoCurrency),
];

/// Codes of list one that people may be billed in although CLDR says that they are not tender.
pub(super) const STILL_LISTED: &[(&str, &str)] = &[
    ("SVC", "list one keeps the colón beside the dollar; CLDR ends it in 2001"),
    ("VED", "list one gives Venezuela two codes for one bolívar; CLDR takes VES for the tender"),
];

/// Codes that CLDR knows and ISO 4217 has never had: unknown to us.
pub(super) const NOT_ISO: &[(&str, &str)] =
    &[("CNH", "the market's name for renminbi traded outside the mainland; the currency is CNY")];

/// English names that CLDR lacks: ISO 4217's own.
pub(super) const NAMES: &[(&str, &str)] = &[("XAD", "Arab Accounting Dinar")];

/// What followed a withdrawn code, where CLDR's tender dates do not show it or mislead.
pub(super) struct Succession {
    /// The withdrawn code.
    pub(super) code: &'static str,
    /// Its immediate successor.
    pub(super) replaced_by: Option<&'static str>,
    /// The day of the change; without one, the last day on which CLDR has the old code as tender.
    pub(super) on: Option<&'static str>,
    /// Why the data is not enough.
    #[expect(dead_code, reason = "for the reader; a field and not a comment, so that no line goes without")]
    pub(super) reason: &'static str,
}

/// See [`Succession`].
pub(super) const SUCCESSIONS: &[Succession] = &[
    Succession {
        code: "CSK",
        replaced_by: None,
        on: None,
        reason: "ended with the country; CZK and SKK followed, and CLDR shows only the later",
    },
    Succession {
        code: "DDM",
        replaced_by: Some("DEM"),
        on: Some("1990-07-01"),
        reason: "the monetary union preceded the state's end, so CLDR has no successor within DD",
    },
    Succession {
        code: "GQE",
        replaced_by: Some("XAF"),
        on: None,
        reason: "CLDR starts XAF in GQ years after the ekwele's end",
    },
    Succession {
        code: "MGF",
        replaced_by: Some("MGA"),
        on: None,
        reason: "the ariary ran beside the franc for two decades before it stood alone",
    },
    Succession {
        code: "SUR",
        replaced_by: None,
        on: None,
        reason: "each successor state brought in its own; CLDR shows that of the last territory to leave",
    },
    Succession {
        code: "XEU",
        replaced_by: Some("EUR"),
        on: Some("1999-01-01"),
        reason: "one to one by regulation, but never tender, so CLDR's territories do not show it",
    },
    Succession {
        code: "YDD",
        replaced_by: Some("YER"),
        on: None,
        reason: "the change came after unification, so CLDR has no successor within YD",
    },
    Succession {
        code: "YUM",
        replaced_by: None,
        on: None,
        reason: "Serbia followed with CSD and Montenegro with the euro",
    },
    Succession {
        code: "YUN",
        replaced_by: None,
        on: None,
        reason: "the country broke up under it; what CLDR has next in YU came two years later",
    },
    Succession {
        code: "YUR",
        replaced_by: None,
        on: None,
        reason: "CLDR has it for Bosnia alone, whose next money was not this one's successor",
    },
];

/// Two-letter codes that people write and ISO 3166-1 does not assign, beyond CLDR's aliases: code, what to write instead.
pub(super) const COUNTRY_ALIASES: &[(&str, &str)] = &[
    // Reserved exceptionally, each for a part of a country that has an official code.
    ("AC", "SH"),
    ("CP", "FR"),
    ("CQ", "GG"),
    ("DG", "IO"),
    ("EA", "ES"),
    ("IC", "ES"),
    ("TA", "SH"),
    // The European Union's own habit: Greece's code in its style guide and VAT numbers.
    ("EL", "GR"),
    // The European Union's VAT prefix for Northern Ireland.
    ("XI", "GB"),
];

/// The day on which ISO 3166-3 says that a code was withdrawn. Before 1989 it records only the year: no line.
pub(super) const WITHDRAWN_COUNTRIES: &[(&str, &str)] = &[
    ("AN", "2010-12-15"),
    ("BU", "1989-12-05"),
    // Serbia and Montenegro; the same letters had been Czechoslovakia's until 1993-06-15.
    ("CS", "2006-09-26"),
    ("DD", "1990-10-30"),
    ("FX", "1997-07-14"),
    ("NT", "1993-07-12"),
    ("SU", "1992-08-30"),
    ("TP", "2002-05-20"),
    ("YD", "1990-08-14"),
    ("YU", "2003-07-23"),
    ("ZR", "1997-07-14"),
];
