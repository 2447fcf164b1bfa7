//! The name that a misspelt one was meant to be.

/// The one of `known` that `name` was most likely meant to be: few edits away, whatever joins its words. None where no
/// name is near.
///
/// ```
/// use cloudlx_validate::nearest;
///
/// assert_eq!(nearest("curencyIso", ["name", "currency_iso"]), Some("currency_iso"));
/// assert_eq!(nearest("colour", ["name", "currency_iso"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let name = plain(name);
    let near = |candidate: &'a str| {
        let most = candidate.len() / 3;
        // No need to count the edits of a name that is longer by more than that.
        let edits = (name.len() <= candidate.len() + most)
            .then(|| strsim::damerau_levenshtein(&name, &plain(candidate)));
        edits.filter(|edits| *edits <= most).map(|edits| (edits, candidate))
    };
    known.into_iter().filter_map(near).min_by_key(|(edits, _)| *edits).map(|(_, nearest)| nearest)
}
