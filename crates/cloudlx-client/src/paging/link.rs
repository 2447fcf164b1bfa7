//! The header `Link` (RFC 8288), as far as it refers to pages of a list.

/// A link to another page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PageLink {
    Next(String),
    Previous,
}

/// The pages that a `Link` header refers to. A header that violates the RFC is read as far as possible: with an overlooked link
/// to a next page, a part of a list would look like all of it.
pub(crate) fn pages(header: &str) -> Vec<PageLink> {
    let mut links = Vec::new();
    let mut rest = header;
    while let Some((link, after)) = next_link(rest) {
        links.extend(link);
        rest = after;
    }
    links
}

/// The next link, if it refers to a page, and the text after it.
fn next_link(text: &str) -> Option<(Option<PageLink>, &str)> {
    let text = text.trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace());
    if text.is_empty() {
        return None;
    }
    let (target, mut rest) = match text.strip_prefix('<') {
        Some(text) => text.split_once('>').unwrap_or((text, "")),
        None => text.split_at(text.find([';', ',']).unwrap_or(text.len())),
    };
    let mut relations = None;
    loop {
        rest = rest.trim_start();
        let Some(after) = rest.strip_prefix(';') else { break };
        let (name, value, after) = parameter(after.trim_start());
        // The first of several counts.
        if name.eq_ignore_ascii_case("rel") && relations.is_none() {
            relations = Some(value);
        }
        rest = after;
    }
    let is = |names: &[&str]| {
        let mut relations = relations.iter().flat_map(|relations| relations.split_ascii_whitespace());
        relations.any(|relation| names.iter().any(|name| relation.eq_ignore_ascii_case(name)))
    };
    let link = if is(&["next"]) {
        Some(PageLink::Next(target.trim().to_owned()))
    } else {
        is(&["prev", "previous"]).then_some(PageLink::Previous)
    };
    // Ignore text before the next comma, where there should be none.
    let after = rest.find(',').and_then(|comma| rest.get(comma..)).unwrap_or("");
    Some((link, after))
}

/// The name and the value of a parameter, and the text after it.
fn parameter(text: &str) -> (&str, String, &str) {
    let end = text.find(['=', ';', ',']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(rest) = rest.strip_prefix('=') else { return (name.trim(), String::new(), rest) };
    let rest = rest.trim_start();
    let Some(quoted) = rest.strip_prefix('"') else {
        let (value, rest) = rest.split_at(rest.find([';', ',']).unwrap_or(rest.len()));
        return (name.trim(), value.trim().trim_matches('\'').to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (name.trim(), value, quoted.get(at + 1..).unwrap_or("")),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (name.trim(), value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_page_is_found_in_every_spelling() {
        for header in [
            r#"</n?page=2>; rel="next""#,
            "</n?page=2>; rel=next",
            "</n?page=2>;rel=NEXT",
            r#"</n?page=2>; REL="Next""#,
            r#"</n?page=2> ; rel = "next" ; title="x""#,
            r#"</n?page=2>; title="a, \"b\"; rel=prev, <c>"; rel="next""#,
            r#"</n?page=2>; rel="last next""#,
            r#"</n?page=2>; rel="next http://example.org/other""#,
            "</n?page=2>; rel=next; rel=prev",
            r#"</first>; rel="first", </n?page=2>; rel="next", </last>; rel="last""#,
            "<http://x/a,b;c>; rel=self,</n?page=2>;rel=next",
            r#", , </n?page=2>; crossorigin; rel="next" ,"#,
            r#"</n?page=2>; rel="ne\xt""#,
            "</n?page=2>; rel='next'",
            "/n?page=2; rel=next",
            r#"</n?page=2>; rel="next"#,
        ] {
            assert_eq!(pages(header), [PageLink::Next("/n?page=2".to_owned())], "{header}");
        }
    }

    #[test]
    fn what_names_no_page_is_passed_over() {
        for header in [
            "",
            ",",
            "</style.css>; rel=preload; as=style",
            r#"</a>; rel="nextish", </b>; title="rel=next""#,
            "</a>",
            "</a>; rel",
            r#"</a>; rel="last"; rel="next""#,
            r#"</a>; rev="next""#,
        ] {
            assert_eq!(pages(header), [], "{header}");
        }
        assert_eq!(pages("</a>; rel=prev, </b>; rel=previous"), [PageLink::Previous, PageLink::Previous]);
    }
}
