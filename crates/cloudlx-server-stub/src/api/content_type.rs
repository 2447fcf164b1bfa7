//! How a body is to be read: the `Content-Type` header, and status 415.

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// JSON.
    Json,
    /// `name=value&…`, as HTML forms send it.
    Form,
}

impl Content {
    /// What `content_type` names, or `None` when it is neither.
    ///
    /// `application/json` stands in the sibling pages; any type that ends in `+json` is JSON as well (RFC 6839), and
    /// parameters do not matter. A body without the header is read as JSON (inferred: it is what the API takes, and no
    /// page says that the header is required).
    pub(crate) fn named_by(content_type: Option<&str>) -> Option<Self> {
        let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
        let media_type = media_type.trim();
        if media_type.is_empty() || media_type.eq_ignore_ascii_case(JSON) {
            return Some(Self::Json);
        }
        if media_type.eq_ignore_ascii_case(FORM) {
            return Some(Self::Form);
        }
        let (_, subtype) = media_type.split_once('/')?;
        let suffix = subtype.rsplit_once('+').map(|(_, suffix)| suffix);
        suffix.filter(|suffix| suffix.eq_ignore_ascii_case("json")).map(|_| Self::Json)
    }

    /// Its name in the header.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Form => FORM,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_by_any_of_its_names() {
        for value in [
            None,
            Some(""),
            Some("application/json"),
            Some("Application/JSON; charset=UTF-8"),
            Some("application/vnd.cloudlx.v1+json"),
            Some("application/problem+json ;x=y"),
        ] {
            assert_eq!(Content::named_by(value), Some(Content::Json), "{value:?}");
        }
    }

    #[test]
    fn forms_and_nothing_else() {
        assert_eq!(Content::named_by(Some(Content::Form.media_type())), Some(Content::Form));
        for value in ["text/plain", "json", "+json", "application/jsonx", "application/xml", "text/json"] {
            assert_eq!(Content::named_by(Some(value)), None, "{value}");
        }
    }
}
