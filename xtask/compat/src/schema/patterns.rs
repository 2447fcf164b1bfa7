//! Makes strings that match a pattern.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Characters that people read easily, the likeliest first.
const READABLE: &str = "aA0.-_@ é";
/// How many different strings are tried for a pattern.
const VARIANTS: usize = 6;
/// Longer repetitions are not written out.
const REPEATED: u32 = 512;

/// Some strings that probably match `pattern`; the caller must check them.
pub(crate) fn strings(pattern: &str) -> Vec<String> {
    let Ok(hir) = regex_syntax::parse(pattern) else { return Vec::new() };
    let mut strings: Vec<_> = (0..VARIANTS).filter_map(|variant| written(&hir, variant)).collect();
    strings.sort_by_key(|string| string.chars().count());
    strings.dedup();
    strings
}

/// The string of one variant. Each variant uses another character of each class and one more repetition.
fn written(hir: &Hir, variant: usize) -> Option<String> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(String::new()),
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok(),
        HirKind::Class(class) => character(class, variant).map(String::from),
        HirKind::Repetition(repetition) => {
            let more = u32::try_from(variant).ok()?;
            let most = repetition.max.unwrap_or(REPEATED).min(REPEATED);
            let times = repetition.min.saturating_add(more).min(most).max(repetition.min);
            if times > REPEATED {
                return None;
            }
            (0..times).map(|_| written(&repetition.sub, variant)).collect()
        }
        HirKind::Capture(capture) => written(&capture.sub, variant),
        HirKind::Concat(parts) => parts.iter().map(|part| written(part, variant)).collect(),
        HirKind::Alternation(branches) => {
            let branch = branches.get(variant % branches.len().max(1))?;
            written(branch, variant)
        }
    }
}

fn character(class: &Class, variant: usize) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let is_in = |c: &char| ranges.iter().any(|(start, end)| (start..=end).contains(&c));
    let readable: Vec<_> = READABLE.chars().filter(is_in).collect();
    let ends: Vec<_> = ranges.iter().flat_map(|(start, end)| [*start, *end]).collect();
    let choice: Vec<_> = readable.into_iter().chain(ends).collect();
    choice.get(variant % choice.len().max(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_match_their_pattern() {
        assert_eq!(strings("^[A-Z]{3}$").first().map(String::as_str), Some("AAA"));
        assert!(strings(r"^[a-z.]+@[a-z]+(?:\.[a-z]+)*$").contains(&"a@a".to_owned()));
        assert!(strings(r"[^\x09-\x0d\x20]").contains(&"a".to_owned()));
        assert!(strings("(").is_empty());
    }
}
