//! Rules about the ids of realms and sub-realms.

use std::fmt;

use cloudlx_model::{RealmId, SubRealmId, id};

use crate::rules::definition::{Context, Explanation, Ids, IdsRule, LEAST, ReportElement, RuleInfo, Source};
use crate::{Catalogue, id_set};

pub(crate) static ID_OUT_OF_RANGE: IdsRule = IdsRule {
    info: RuleInfo {
        code: "id-out-of-range",
        message: "expected an id from {expected}, found {found}: write an id that the API gave",
        source: Source::Inferred,
        places: &["/realms/*", "/shown_sub_realms/*", "/enabled_sub_realms/*"],
        good: LEAST,
        bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [0]}"#,
        bad_pointer: "/realms/0",
        cel: None,
    },
    holds: |ids, _| ids.all(id::in_range),
    explain: explain_out_of_range,
};

pub(crate) static REPEATED_ID: IdsRule = IdsRule {
    info: RuleInfo {
        code: "repeated-id",
        message: "expected every id once, found {found} again: remove it",
        source: Source::Inferred,
        places: &["/realms/*", "/shown_sub_realms/*", "/enabled_sub_realms/*"],
        good: LEAST,
        bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2, 1]}"#,
        bad_pointer: "/realms/2",
        cel: None,
    },
    holds: |ids, _| ids.are_distinct(),
    explain: explain_repeated,
};

pub(crate) static SUB_REALM_NOT_SHOWN: IdsRule = IdsRule {
    info: RuleInfo {
        code: "sub-realm-not-shown",
        message: "expected a sub-realm that is shown, found {found}, which is not: {remedy}",
        source: Source::Inferred,
        places: &["/enabled_sub_realms/*"],
        good: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "shown_sub_realms": [313, 328], "enabled_sub_realms": [328]}"#,
        bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "shown_sub_realms": [313], "enabled_sub_realms": [328]}"#,
        bad_pointer: "/enabled_sub_realms/0",
        cel: Some(
            "!has(this.enabled_sub_realms) || this.enabled_sub_realms == null || \
             this.enabled_sub_realms.all(id, has(this.shown_sub_realms) && this.shown_sub_realms != null && \
             id in this.shown_sub_realms)",
        ),
    },
    holds: |ids, _| ids.are_shown(),
    explain: explain_not_shown,
};

pub(crate) static REALM_UNKNOWN: IdsRule = IdsRule {
    info: RuleInfo {
        code: "realm-unknown",
        message: "expected a realm that exists, found {found}: {remedy}",
        source: Source::Inferred,
        places: &["/realms/*"],
        good: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2, 7]}"#,
        bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 3]}"#,
        bad_pointer: "/realms/1",
        cel: None,
    },
    holds: are_known,
    explain: explain_unknown,
};

pub(crate) static SUB_REALM_UNKNOWN: IdsRule = IdsRule {
    info: RuleInfo {
        code: "sub-realm-unknown",
        message: "expected a sub-realm that exists, found {found}: {remedy}",
        source: Source::Inferred,
        places: &["/shown_sub_realms/*", "/enabled_sub_realms/*"],
        good: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "shown_sub_realms": [313]}"#,
        bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "shown_sub_realms": [314]}"#,
        bad_pointer: "/shown_sub_realms/0",
        cel: None,
    },
    holds: are_known,
    explain: explain_unknown,
};

/// The explanation of an id outside the range that all JSON readers keep exact.
pub(crate) fn out_of_range(found: impl fmt::Display) -> Explanation {
    let expected = format!("{} to {}", id::MIN, id::MAX).into();
    Explanation { expected, found: found.to_string(), ..Explanation::default() }
}

fn explain_out_of_range(ids: Ids<'_>, _: &Context<'_>, report: &mut ReportElement<'_>) {
    for (index, id) in ids.numbers().enumerate().filter(|(_, id)| !id::in_range(*id)) {
        report(index, &|| out_of_range(format_args!("the number {id}")));
    }
}

fn explain_repeated(ids: Ids<'_>, _: &Context<'_>, report: &mut ReportElement<'_>) {
    let numbers: Vec<_> = ids.numbers().collect();
    for (index, id) in id_set::repeated(&numbers) {
        report(index, &|| Explanation {
            found: id.to_string(),
            suggestion: Some(format!("remove {id}")),
            ..Explanation::default()
        });
    }
}

fn explain_not_shown(ids: Ids<'_>, _: &Context<'_>, report: &mut ReportElement<'_>) {
    let Ids::SubRealms { ids, shown } = ids else { return };
    for (index, id) in id_set::missing(ids, shown) {
        report(index, &|| {
            let remedy = format!("add {id} to shown_sub_realms");
            let suggestion = Some(remedy.clone());
            Explanation { found: id.to_string(), remedy: remedy.into(), suggestion, ..Explanation::default() }
        });
    }
}

fn explain_unknown(ids: Ids<'_>, context: &Context<'_>, report: &mut ReportElement<'_>) {
    let Some(catalogue) = context.catalogue else { return };
    let unknown = |id: &u64| id::in_range(*id) && !ids.is_known(*id, catalogue);
    for (index, id) in ids.numbers().enumerate().filter(|(_, id)| unknown(id)) {
        report(index, &|| Explanation {
            found: id.to_string(),
            remedy: match ids {
                Ids::Realms(_) => one_of(catalogue.realms().filter_map(|realm| realm.id)),
                Ids::SubRealms { .. } => one_of(catalogue.sub_realms().map(|sub_realm| sub_realm.id)),
            }
            .into(),
            ..Explanation::default()
        });
    }
}

fn are_known(ids: Ids<'_>, context: &Context<'_>) -> bool {
    context.catalogue.is_none_or(|catalogue| ids.all(|id| ids.is_known(id, catalogue)))
}

impl<'a> Ids<'a> {
    fn all(self, test: impl Fn(u64) -> bool) -> bool {
        match self {
            Self::Realms(ids) => ids.iter().all(|id| test(id.0)),
            Self::SubRealms { ids, .. } => ids.iter().all(|id| test(id.0)),
        }
    }

    fn numbers(self) -> impl Iterator<Item = u64> + use<'a> {
        let (realms, sub_realms): (&[RealmId], &[SubRealmId]) = match self {
            Self::Realms(ids) => (ids, &[]),
            Self::SubRealms { ids, .. } => (&[], ids),
        };
        realms.iter().map(|id| id.0).chain(sub_realms.iter().map(|id| id.0))
    }

    fn are_distinct(self) -> bool {
        match self {
            Self::Realms(ids) => id_set::distinct(ids),
            Self::SubRealms { ids, .. } => id_set::distinct(ids),
        }
    }

    /// Whether all are among those that the request shows. It shows no realms.
    fn are_shown(self) -> bool {
        match self {
            Self::Realms(_) => true,
            Self::SubRealms { ids, shown } => id_set::subset(ids, shown),
        }
    }

    fn is_known(self, id: u64, catalogue: &Catalogue) -> bool {
        match self {
            Self::Realms(_) => catalogue.realm(RealmId(id)).is_some(),
            Self::SubRealms { .. } => catalogue.sub_realm(SubRealmId(id)).is_some(),
        }
    }
}

/// Which ids to write: the first few of these.
fn one_of(ids: impl Iterator<Item = impl fmt::Display>) -> String {
    const FEW: usize = 10;
    let mut names: Vec<_> = ids.take(FEW + 1).map(|id| id.to_string()).collect();
    if names.len() > FEW {
        names.truncate(FEW);
        names.push("…".to_owned());
    }
    if names.is_empty() { "there are none".to_owned() } else { format!("write one of {}", names.join(", ")) }
}
