//! Whether version 1 of the API, as JSON, is what a caller accepts: the `Accept` header, and status 406.
//!
//! The page asks for `application/vnd.cloudlx.v1+json`. That a missing header, `application/json` and wildcards mean
//! version 1 too is inferred, and so is the status for the rest.

use cloudlx_model::MEDIA_TYPE;

/// Whether `accept` (the values of all `Accept` headers, joined by commas) leaves room for version 1.
///
/// The stub has one representation and two names for it: the versioned media type and `application/json`. As RFC 9110
/// (12.5.1) has it, the most specific range decides, and weight 0 means "not this". Commas within quotes would be taken
/// for separators; none of the API's media types has a quoted parameter.
pub(crate) fn allows_v1(accept: &str) -> bool {
    let named = accept.trim();
    named.is_empty() || named.split(',').filter_map(judge).max().is_some_and(|(_, wanted)| wanted)
}

/// How closely a media range names version 1, and whether it wants it. None when it is about something else.
fn judge(range: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let media_type = parts.next()?;
    let is_one_of = |names: [&str; 2]| names.iter().any(|name| media_type.eq_ignore_ascii_case(name));
    let closeness = if is_one_of([MEDIA_TYPE, "application/json"]) {
        2
    } else if media_type.eq_ignore_ascii_case("application/*") {
        1
    // A lone star stands for `*/*` in the default header of some old clients.
    } else if is_one_of(["*/*", "*"]) {
        0
    } else {
        return None;
    };
    Some((closeness, parts.all(|parameter| !is_weight_zero(parameter))))
}

fn is_weight_zero(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("q") && value.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1_json_and_wildcards_are_version_1() {
        for accept in [
            "",
            " ",
            "*/*",
            "*",
            "application/*",
            "application/json",
            "APPLICATION/JSON",
            "application/json; charset=utf-8",
            "application/vnd.cloudlx.v1+json",
            "application/vnd.CloudLX.v1+JSON",
            "application/vnd.cloudlx.v1+json;q=0.5",
            "text/html, application/vnd.cloudlx.v1+json ; q=0.1",
            "application/vnd.cloudlx.v2+json, application/vnd.cloudlx.v1+json;q=0.9",
            "application/vnd.cloudlx.v2+json, */*;q=0.1",
            "text/html, image/gif, *; q=.2, */*; q=.2",
            "application/json;q=0, application/vnd.cloudlx.v1+json",
            "application/json;q=nonsense",
            ",application/json,,",
            "text/*;q=0, */*",
        ] {
            assert!(allows_v1(accept), "{accept}");
        }
    }

    #[test]
    fn other_versions_and_other_types_are_not() {
        for accept in [
            "application/vnd.cloudlx.v2+json",
            "application/vnd.cloudlx.v11+json",
            "application/vnd.cloudlx.v1+xml",
            "application/vnd.other.v1+json",
            "text/html",
            "text/*",
            "application/json;q=0",
            "application/json; Q = 0.000",
            "application/json;q=0, */*",
            "application/*;q=0, */*",
            "*/*;q=0",
            "json",
            ",",
        ] {
            assert!(!allows_v1(accept), "{accept}");
        }
    }
}
