//! The catalogue's lists that say that they are not whole, and do not lead to the rest: nothing may be settled by what they
//! lack.

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

/// What says that there is more, in the bodies and headers of frameworks, with a way to it that leads elsewhere.
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

/// A page's own word of how many there are stays, and so do the customers of the other pages hidden.
fn no_way_to_the_next() -> Vec<Value> {
    vec![
        json!({ "after": { "without": { "pointer": "/meta/pagination/links" } } }),
        json!({ "after": { "without": { "pointer": "/meta/pagination/links/next" } } }),
        json!({ "after": { "alter": { "patch": { "meta": { "pagination": { "links": { "next": null } } } } } } }),
    ]
}
