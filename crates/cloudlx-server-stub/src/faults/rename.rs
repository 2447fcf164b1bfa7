//! Names that a server stores in another form than they were sent.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::lost::Lost;

/// A create whose customer is kept under another name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// What becomes of the name.
    pub to: NameForm,
    /// What the caller gets. Absent means the answer, which shows the name that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Lost"))]
    pub then: Option<Lost>,
}

/// What a server makes of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NameForm {
    /// No spaces at its ends, and one where there are several.
    Trimmed,
    /// Capitals.
    UpperCased,
    /// `&`, `<`, `>` and quotes as `&amp;`, `&lt;`, `&gt;`, `&quot;` and `&#039;`.
    HtmlEscaped,
    /// ASCII only: letters without their marks, and nothing where that is no ASCII either.
    AsciiFolded,
    /// Its beginning.
    Cut(NameCut),
    /// A text of the server's own, whatever was sent.
    Replaced(Replaced),
}

/// Where a name is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NameCut {
    /// How many characters are kept.
    pub characters: usize,
}

/// What comes in the place of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// The text.
    pub by: String,
}

impl NameForm {
    /// The first characters of the name.
    #[must_use]
    pub fn cut_to(characters: usize) -> Self {
        Self::Cut(NameCut { characters })
    }

    /// This text, whichever name was sent.
    #[must_use]
    pub fn replaced_by(text: impl Into<String>) -> Self {
        Self::Replaced(Replaced { by: text.into() })
    }

    /// The form in which the server stores `name`.
    #[must_use]
    pub fn of(&self, name: &str) -> String {
        match self {
            Self::Trimmed => name.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::UpperCased => name.to_uppercase(),
            Self::HtmlEscaped => name.chars().fold(String::new(), |mut escaped, character| {
                match entity(character) {
                    Some(entity) => escaped.push_str(entity),
                    None => escaped.push(character),
                }
                escaped
            }),
            Self::AsciiFolded => name.nfkd().filter(char::is_ascii).collect(),
            Self::Cut(cut) => name.chars().take(cut.characters).collect(),
            Self::Replaced(replaced) => replaced.by.clone(),
        }
    }
}

fn entity(character: char) -> Option<&'static str> {
    Some(match character {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#039;",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_name() {
        let sent = "  O'Neil  & <Söhne> ½ \u{1f680} ";
        for (form, kept) in [
            (NameForm::Trimmed, "O'Neil & <Söhne> ½ \u{1f680}"),
            (NameForm::UpperCased, "  O'NEIL  & <SÖHNE> ½ \u{1f680} "),
            (NameForm::HtmlEscaped, "  O&#039;Neil  &amp; &lt;Söhne&gt; ½ \u{1f680} "),
            (NameForm::AsciiFolded, "  O'Neil  & <Sohne> 12  "),
            (NameForm::cut_to(14), "  O'Neil  & <S"),
            (NameForm::cut_to(15), "  O'Neil  & <Sö"),
            (NameForm::cut_to(0), ""),
            (NameForm::replaced_by("Customer"), "Customer"),
        ] {
            assert_eq!(form.of(sent), kept, "{form:?}");
        }
    }
}
