//! Whether a customer is what a row asks for, as far as an answer shows it.

use std::collections::BTreeMap;

use cloudlx_model::{CreateCustomer, Customer};

/// Whether a listed customer may be the one that `request` asks for.
///
/// E-mail, first and last name, and role group are in no answer. A realm that the customer does not have proves nothing:
/// the page's sample asks for three and shows two. One that it has and the request does not ask for does; a realm
/// without an id says nothing.
#[must_use]
pub fn fits(customer: &Customer, request: &CreateCustomer) -> bool {
    let asked_for = |id| request.realms.contains(&id);
    key_of(customer) == key(request)
        && customer.realms.iter().filter_map(|realm| realm.id).all(asked_for)
        && sub_realms_of(customer) == sub_realms(request)
}

/// Whether the answer to a create shows what was sent, and nothing else. There, realms have no ids (page).
#[must_use]
pub fn answers(customer: &Customer, request: &CreateCustomer) -> bool {
    fits(customer, request) && customer.realms.len() <= request.realms.len()
}

/// What a customer must have in common with a row to fit it, and is quick to compare.
pub(super) type Key<'a> = (&'a str, &'a str, &'a str);

pub(super) fn key(request: &CreateCustomer) -> Key<'_> {
    (&request.name, &request.currency_iso, &request.country_iso)
}

pub(super) fn key_of(customer: &Customer) -> Key<'_> {
    (&customer.name, &customer.currency.iso_3, &customer.country.iso_2)
}

/// Each sub-realm, and whether it is enabled.
fn sub_realms(request: &CreateCustomer) -> BTreeMap<u64, bool> {
    let enabled = request.enabled_sub_realms.as_deref().unwrap_or_default();
    let shown = request.shown_sub_realms.as_deref().unwrap_or_default();
    shown.iter().map(|id| (id.0, enabled.contains(id))).collect()
}

fn sub_realms_of(customer: &Customer) -> BTreeMap<u64, bool> {
    customer.sub_realms.iter().map(|sub_realm| (sub_realm.id.0, sub_realm.has_access)).collect()
}

/// The shortest name that may have been cut off: columns of databases are longer.
const SHORTEST_CUT: usize = 32;

/// Whether a server that stores names in a form of its own may have made `stored` out of `sent`: in another case, without
/// spaces or signs, with signs escaped as HTML has it, with letters beyond ASCII spelt out, recoded or dropped, or cut off.
pub(super) fn similar(stored: &str, sent: &str) -> bool {
    let (of_stored, of_sent) = (plain(stored), plain(sent));
    let is_cut = of_stored.chars().count() >= SHORTEST_CUT && of_sent.starts_with(&of_stored);
    // Databases that know three bytes a character cut a text off before the first that has four.
    let before_four_bytes = sent.split(|it| it > '\u{ffff}').next().map(plain);
    let is_cut_before_four_bytes = sent.chars().any(|it| it > '\u{ffff}')
        && !of_stored.is_empty()
        && before_four_bytes.is_some_and(|before| before == of_stored);
    of_stored == of_sent || is_cut || is_cut_before_four_bytes || recoded(stored, sent)
}

/// The letters and digits, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether two names differ by no more than what becomes of letters beyond ASCII, and of signs that are escaped.
fn recoded(one: &str, other: &str) -> bool {
    let beyond = |name: &str| name.chars().filter(|it| !it.is_ascii()).count();
    let (short, long) = (ascii(one), ascii(other));
    let (short, long) = if short.len() <= long.len() { (short, long) } else { (long, short) };
    let mut rest = long.chars();
    !short.is_empty()
        && long.len() - short.len() <= 3 * beyond(one).max(beyond(other))
        && short.chars().all(|wanted| rest.any(|it| it == wanted))
}

/// The ASCII letters and digits, in lower case, but for those of HTML's `&amp;` and `&#039;`.
fn ascii(name: &str) -> String {
    let mut parts = name.split('&');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = match part.split_once(';') {
            Some((name, rest)) if name.len() <= 6 && !name.contains(' ') => rest,
            _ => part,
        };
        text.push_str(rest);
    }
    text.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_other_spellings() {
        let long = "A company with a name that is rather long";
        for (stored, sent, is) in [
            ("ACME", "Acme ", true),
            ("Acme Ltd.", "acme-ltd", true),
            ("Acme 1", "Acme 2", false),
            ("Acme", "Acme Ltd", false),
            (long, &format!("{long} and goes on"), true),
            (&format!("{long} and goes on"), long, false),
            ("Smith &amp; Sons", "Smith & Sons", true),
            ("O&#039;Neil", "O'Neil", true),
            ("S\u{f6}hne", "So\u{308}hne", true),
            ("Acme ", "Acme \u{1f680} Rockets", true),
            ("Acme ", "Acme Rockets", false),
            ("STRASSE", "Stra\u{df}e", true),
            ("M\u{c3}\u{bc}ller", "M\u{fc}ller", true),
            ("M?ller", "M\u{fc}ller", true),
            ("M?ller 1", "M\u{fc}ller 2", false),
            ("", "\u{1f680}", true),
        ] {
            assert_eq!(similar(stored, sent), is, "{stored} {sent}");
        }
    }
}
