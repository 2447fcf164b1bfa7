//! Finds customers that nearly have the name of a row. A server that changes names before it stores them may have created
//! such a customer for the row.
//!
//! The changes that are recognised: another case; spaces or punctuation removed; characters escaped for HTML; letters beyond
//! ASCII spelt out, recoded or dropped; the end cut off. There may be as many names as rows, so names are looked up by what
//! such a change keeps.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The shortest name that may have been cut off, in characters: database columns are longer.
const SHORTEST_CUT: usize = 32;

/// The most ASCII letters and digits that a letter beyond ASCII may become.
const LONGEST_RECODED: usize = 3;

/// An index of stored names. Results are positions in the order that the caller gave.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The first name with these letters and digits.
    plain: HashMap<String, usize>,
    /// The lengths of names that may have been cut off.
    cut_lengths: BTreeSet<usize>,
    /// The first name with these ASCII letters and digits.
    ascii: HashMap<String, usize>,
    /// Names within ASCII.
    within_ascii: ByLength,
    /// Names with letters beyond it.
    beyond_ascii: ByLength,
    /// The most letters beyond ASCII that a name has.
    most_beyond: usize,
}

/// Names by their number of ASCII letters and digits, each list in the caller's order.
type ByLength = BTreeMap<usize, Vec<Recodable>>;

/// What recoding leaves of a name.
#[derive(Debug)]
struct Recodable {
    /// The position of the name.
    index: usize,
    ascii: String,
    /// The number of letters beyond ASCII.
    beyond: usize,
    /// The letters and digits that occur in it, one bit each.
    letters: u64,
}

impl Names {
    pub(super) fn new<'a>(stored: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = Self::default();
        for (index, stored) in stored.into_iter().enumerate() {
            let plain = plain(stored);
            if plain.chars().count() >= SHORTEST_CUT {
                names.cut_lengths.insert(plain.len());
            }
            names.plain.entry(plain).or_insert(index);
            let name = Recodable::new(index, stored);
            if name.ascii.is_empty() {
                continue;
            }
            names.ascii.entry(name.ascii.clone()).or_insert(index);
            names.most_beyond = names.most_beyond.max(name.beyond);
            let kind = if name.beyond == 0 { &mut names.within_ascii } else { &mut names.beyond_ascii };
            kind.entry(name.ascii.len()).or_default().push(name);
        }
        names
    }

    /// The first name that a server may have made out of `sent`.
    pub(super) fn first_similar(&self, sent: &str) -> Option<usize> {
        let plain = plain(sent);
        let name = Recodable::new(usize::MAX, sent);
        let alike = [
            self.plain.get(&plain).copied(),
            self.first_cut_off(&plain),
            self.first_cut_before_four_bytes(sent),
            self.ascii.get(&name.ascii).copied(),
        ];
        self.first_recoded(&name, alike.into_iter().flatten().min())
    }

    fn first_cut_off(&self, sent: &str) -> Option<usize> {
        let beginnings = self.cut_lengths.range(..=sent.len()).filter_map(|length| sent.get(..*length));
        // A beginning may have that many bytes in fewer letters.
        let long = beginnings.filter(|beginning| beginning.chars().count() >= SHORTEST_CUT);
        long.filter_map(|beginning| self.plain.get(beginning).copied()).min()
    }

    /// Databases with three bytes a character cut a text off before the first character of four bytes.
    fn first_cut_before_four_bytes(&self, sent: &str) -> Option<usize> {
        let (before, _) = sent.split_once(|it| it > '\u{ffff}')?;
        let before = plain(before);
        if before.is_empty() { None } else { self.plain.get(&before).copied() }
    }

    /// The first name that differs from `sent` only by what recoding does to letters beyond ASCII; `before`, where that comes
    /// first.
    fn first_recoded(&self, sent: &Recodable, before: Option<usize>) -> Option<usize> {
        let mut first = before;
        let kinds = [(&self.within_ascii, 0), (&self.beyond_ascii, self.most_beyond)];
        for (names, most_beyond) in kinds {
            let differ = LONGEST_RECODED * most_beyond.max(sent.beyond);
            let length = sent.ascii.len();
            for (_, names) in names.range(length.saturating_sub(differ)..=length.saturating_add(differ)) {
                let earlier = names.iter().take_while(|name| first.is_none_or(|first| name.index < first));
                first =
                    earlier.into_iter().find(|name| name.is_recoded(sent)).map(|name| name.index).or(first);
            }
        }
        first
    }
}

impl Recodable {
    fn new(index: usize, name: &str) -> Self {
        let ascii = ascii(name);
        let beyond = name.chars().filter(|it| !it.is_ascii()).count();
        let letters = ascii.bytes().filter_map(|it| char::from(it).to_digit(36));
        let letters = letters.fold(0, |letters, digit| letters | 1_u64 << digit);
        Self { index, ascii, beyond, letters }
    }

    /// Whether one contains the other's letters in order, and has no more besides than letters beyond ASCII may become.
    fn is_recoded(&self, other: &Self) -> bool {
        let (short, long) = if self.ascii.len() <= other.ascii.len() { (self, other) } else { (other, self) };
        let mut rest = long.ascii.bytes();
        short.letters & !long.letters == 0
            && !short.ascii.is_empty()
            && long.ascii.len() - short.ascii.len() <= LONGEST_RECODED * self.beyond.max(other.beyond)
            && short.ascii.bytes().all(|wanted| rest.any(|it| it == wanted))
    }
}

/// The letters and digits, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The ASCII letters and digits, in lower case, without those of HTML escapes such as `&amp;` and `&#039;`.
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
    use proptest::prelude::*;

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
            assert_eq!(Names::new([stored]).first_similar(sent).is_some(), is, "{stored} {sent}");
        }
    }

    /// Names out of few pieces, so that many are similar.
    fn name() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "Acme",
            "ACME",
            "acme",
            " ",
            "-",
            "&",
            "&amp;",
            "&#039;",
            "1",
            "2",
            "\u{fc}",
            "u",
            "ue",
            "\u{c3}\u{bc}",
            "?",
            "\u{df}",
            "ss",
            "\u{1f680}",
            "\u{4e2d}",
            "a long name ",
            "a name that is long enough to be cut off ",
        ]);
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        /// Among many names, the result is the first of those that would be found alone.
        #[test]
        fn many_names_are_as_one_and_one(stored in prop::collection::vec(name(), 0..8), sent in name()) {
            let alone = stored.iter().position(|it| Names::new([it.as_str()]).first_similar(&sent).is_some());
            prop_assert_eq!(Names::new(stored.iter().map(String::as_str)).first_similar(&sent), alone);
        }
    }
}
