//! Makes text from outside safe to show to people, in a terminal, a log or a message.
//!
//! A name, a path, an argument or a response can have characters that move the cursor, colour the text after them, begin a
//! line that looks like another row, turn the direction of the text around, or are invisible, so that two different names
//! look the same. [`Plain`] writes these as escapes (`\n`, `\u{202e}`) and all other characters as they are. [`Glance`]
//! also keeps a text short and on one line. Both are for reading, not for parsing: a backslash in the text stays one.
//!
//! This crate writes such messages itself (`found "…"`), and every other crate that does so depends on it.

use std::fmt::{self, Write as _};

/// How much of a text [`Glance`] shows, in characters.
pub const GLANCE_CHARS: usize = 200;

/// Whether a character may be shown as it is: it is visible or a space, and has no other effect.
///
/// By Unicode's properties, these may not: control and format characters, the line and paragraph separators, and characters
/// that are ignorable by default (`Cc`, `Cf`, `Zl`, `Zp`, `Default_Ignorable_Code_Point`). These include tabs and line ends,
/// escape sequences in 7 and 8 bits, marks that turn directions around, joiners, variation selectors, fillers and tags.
#[must_use]
pub const fn is_plain(character: char) -> bool {
    !matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The whole text on one line, with an escape in place of each character that is not [plain](is_plain).
///
/// ```
/// use cloudlx_validate::plain::Plain;
///
/// assert_eq!(Plain("Smith & Söhne").to_string(), "Smith & Söhne");
/// assert_eq!(Plain("A\x1b[2J\nB\u{202e}").to_string(), r"A\u{1b}[2J\nB\u{202e}");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Plain<'a>(pub &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((start, character)) = rest.char_indices().find(|(_, character)| !is_plain(*character))
        {
            let (plain, other) = rest.split_at(start);
            write!(f, "{plain}{}", character.escape_default())?;
            rest = other.get(character.len_utf8()..).unwrap_or_default();
        }
        f.write_str(rest)
    }
}

/// The beginning of a text, no more than [`GLANCE_CHARS`] of it: as [`Plain`], with white space run together into one space.
///
/// ```
/// use cloudlx_validate::plain::Glance;
///
/// assert_eq!(Glance("<html>\r\n  <h1>502\tBad Gateway").to_string(), "<html> <h1>502 Bad Gateway");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Glance<'a>(pub &'a str);

impl fmt::Display for Glance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = GLANCE_CHARS;
        for (i, word) in self.0.split_whitespace().enumerate() {
            let gap = (i > 0).then_some(' ');
            for character in gap.into_iter().chain(word.chars()) {
                if left == 0 {
                    return f.write_str("…");
                }
                left -= 1;
                if is_plain(character) {
                    f.write_char(character)?;
                } else {
                    write!(f, "{}", character.escape_default())?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The judge is a regular expression over Unicode's own tables, which a schema's pattern brings.
    #[test]
    fn what_is_plain_is_what_unicode_says() {
        let schema = json!({"pattern": r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]"});
        let judge = jsonschema::validator_for(&schema).unwrap();
        let wrong: Vec<_> = ('\0'..=char::MAX)
            .filter(|character| judge.is_valid(&json!(character.to_string())) == is_plain(*character))
            .map(|character| format!("U+{:04X}", u32::from(character)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn letters_of_all_directions_and_pictures_stay_as_they_are() {
        for text in
            ["", "Ørsted A/S", "שלום", "السلام", "株式会社", "e\u{301} \u{1f600}", "\u{a0}\u{3000}", r"C:\n"]
        {
            assert_eq!(Plain(text).to_string(), text);
        }
    }

    #[test]
    fn a_text_of_any_characters_becomes_plain() {
        let all: String = ('\0'..=char::MAX).collect();
        assert!(Plain(&all).to_string().chars().all(is_plain));
        assert!(Glance(&all).to_string().chars().all(is_plain));
        assert!(('\0'..=char::MAX).all(|it| Glance(&it.to_string()).to_string().chars().all(is_plain)));
    }

    #[test]
    fn a_glance_is_no_longer_than_it_may_be() {
        assert_eq!(Glance(&"é".repeat(GLANCE_CHARS)).to_string(), "é".repeat(GLANCE_CHARS));
        let cut = format!("{}…", "é".repeat(GLANCE_CHARS));
        assert_eq!(Glance(&"é".repeat(GLANCE_CHARS + 1)).to_string(), cut);
    }
}
