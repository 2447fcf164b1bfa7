//! Lists that say that they are incomplete, without a way to the rest. The import must not conclude anything from customers
//! that they lack.

use serde_json::{Value, json};

use crate::faults::kind::{Kind, LIST, Worlds};

/// The kinds of this family.
pub(crate) fn all() -> Vec<Kind> {
    let kind = |name: &str, actions, worlds| Kind {
        name: format!("{LIST} {name}"),
        endpoint: Some(LIST),
        actions,
        worlds,
    };
    vec![
        kind("that says it is not whole, and shows nobody", shows_nobody(), Worlds::All),
        kind("that says it is not whole, and is", is_whole(), Worlds::All),
        kind("a page without a way to the next", no_way_to_the_next(), Worlds::Paged),
    ]
}

/// Statements in bodies and headers of common frameworks that a list has more, each with a link to another host.
fn more() -> [(Value, Value); 5] {
    let elsewhere = "https://api.invalid/customers?page=2";
    let pagination = json!({
        "total": 1_000_000, "count": 1, "per_page": 1, "current_page": 1, "total_pages": 1_000_000,
        "links": { "next": elsewhere },
    });
    [
        (json!({ "meta": { "pagination": pagination } }), json!({})),
        (json!({ "total": 1_000_000, "per_page": 1, "next_page_url": elsewhere }), json!({})),
        (json!({}), json!({ "X-Total-Count": "1000000" })),
        (json!({}), json!({ "Link": format!("<{elsewhere}>; rel=\"next\"") })),
        (
            json!({ "total": 1_000_000 }),
            json!({ "Link": format!("<{elsewhere}>; rel=next, </>; rel=first") }),
        ),
    ]
}

fn shows_nobody() -> Vec<Value> {
    let nobody = more().map(|(mut patch, headers)| {
        if let Some(patch) = patch.as_object_mut() {
            patch.insert("customers".to_owned(), json!([]));
        }
        json!({ "after": { "alter": { "patch": patch, "headers": headers } } })
    });
    nobody.into()
}

fn is_whole() -> Vec<Value> {
    more()
        .map(|(patch, headers)| json!({ "after": { "alter": { "patch": patch, "headers": headers } } }))
        .into()
}

/// Pages without a link to the next one. The page still states the total.
fn no_way_to_the_next() -> Vec<Value> {
    vec![
        json!({ "after": { "without": { "pointer": "/meta/pagination/links" } } }),
        json!({ "after": { "without": { "pointer": "/meta/pagination/links/next" } } }),
        json!({ "after": { "alter": { "patch": { "meta": { "pagination": { "links": { "next": null } } } } } } }),
    ]
}
