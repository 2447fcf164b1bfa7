//! Statements about lists in every known form, and whether such lists are whole.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::*;

const LIST: &str = "https://api.example/v/api/customers";

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn head(status: u16, headers: &[(&str, &str)]) -> Paging {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        map.append(name, HeaderValue::from_str(value).unwrap());
    }
    Paging::from_head(StatusCode::from_u16(status).unwrap(), &map)
}

fn beside(extra: &Value) -> Paging {
    Paging::of_document(extra, "customers")
}

/// What follows a first page that shows five customers.
fn after_five(paging: &Paging) -> Result<Option<Url>, Gap> {
    Pager::new(&url(LIST))
        .after(&url(LIST), paging, ElementCounts { all: 5, new: 5 })
        .map_err(|part| part.gap)
}

fn framework(current: u64, total_pages: u64, links: &Value) -> Value {
    let pagination = json!({"total": 7, "count": 5, "per_page": 5, "current_page": current,
        "total_pages": total_pages, "links": links});
    json!({"meta": {"pagination": pagination}})
}

#[test]
fn a_list_that_says_nothing_or_that_it_is_all_is_whole() {
    for extra in [
        json!({}),
        json!({"customers": [], "version": 2, "status": "ok"}),
        json!({"meta": {"pagination": {"total": 5, "count": 5, "per_page": 5, "current_page": 1, "total_pages": 1, "links": []}}}),
        json!({"meta": {"pagination": {"total": "5", "count": "5", "per_page": "5", "current_page": "1", "total_pages": "1", "links": {}}}}),
        json!({"total": 3, "note": "fewer than are shown"}),
        json!({"total": 5, "per_page": 5, "next_page_url": null}),
        json!({"links": {"first": "?page=1", "last": "?page=1", "prev": null, "next": null}, "meta": {"current_page": 1, "from": 1, "to": 5, "last_page": 1, "per_page": 15, "total": 5}}),
        json!({"meta": {"links": [{"url": null, "label": "&laquo; Previous", "active": false}, {"url": "?page=1", "label": "1", "active": true}, {"url": null, "label": "Next &raquo;", "active": false}]}}),
        json!({"has_more": false}),
        json!({"hasMore": 0, "next_cursor": "", "next": false}),
        json!({"next_cursor": null, "limit": 5}),
        json!({"page": {"size": 20, "totalElements": 5, "totalPages": 1, "number": 0}}),
        json!({"last": true, "totalPages": 1, "totalElements": 5, "first": true}),
        json!({"total": -1}),
        json!({"total": null, "limit": null}),
        json!({"offset": 0, "limit": 100}),
        json!({"done": true, "totalSize": 5}),
    ] {
        assert_eq!(after_five(&beside(&extra)), Ok(None), "{extra}");
    }
    for headers in [
        &[][..],
        &[("X-Total-Count", "5")],
        &[("X-Total-Count", "3")],
        &[("X-Total-Count", "5"), ("X-Total-Count", "5"), ("X-Per-Page", "5")],
        &[("Link", r#"<https://api.example/style>; rel="preload""#)],
        &[("Link", "</v/api/customers?page=1>; rel=first, </v/api/customers?page=1>; rel=last")],
        &[("X-Next-Page", ""), ("X-Page", "1"), ("X-Total-Pages", "1")],
        &[("Content-Range", "items 0-4/5")],
        &[("X-Nextjs-Cache", "HIT"), ("X-RateLimit-Limit", "5"), ("Retry-After", "9")],
    ] {
        assert_eq!(after_five(&head(200, headers)), Ok(None), "{headers:?}");
    }
    assert_eq!(after_five(&head(206, &[("Content-Range", "items 0-4/5")])), Ok(None));
}

#[test]
fn a_next_page_on_the_same_origin_and_path_is_followed() {
    let second = "https://api.example/v/api/customers?page=2";
    for extra in [
        framework(1, 2, &json!({"next": "/v/api/customers?page=2"})),
        framework(1, 2, &json!({"next": {"href": second}})),
        json!({"next_page_url": second, "total": "7"}),
        json!({"nextPageUrl": "?page=2"}),
        json!({"links": {"next": "customers?page=2"}, "meta": {"current_page": 1, "last_page": 2}}),
        json!({"_links": {"next": {"href": "?page=2#top"}}}),
        json!({"links": [{"rel": "self", "href": "?page=1"}, {"rel": "next", "href": "?page=2"}]}),
        json!({"meta": {"links": [{"url": "?page=2", "label": "Next &raquo;", "active": false}]}}),
        json!({"@odata.nextLink": second}),
        json!({"paging": {"next": second, "cursors": {"after": "x"}}}),
        json!({"next": "https://API.example:443/v/api/customers?page=2", "next_page": 2, "has_more": true}),
    ] {
        assert_eq!(after_five(&beside(&extra)), Ok(Some(url(second))), "{extra}");
    }
    for headers in [
        &[("Link", "</v/api/customers?page=2>; rel=\"next\"")][..],
        &[("Link", "<?page=1>; rel=first"), ("Link", "<?page=2>; REL='next'; title=\"a, b\"")],
        &[("X-Next-Page", "2"), ("Link", "<?page=2>; rel=\"last next\"")],
        &[("X-Next-Page-Url", second)],
        &[("X-Pagination", r#"{"TotalCount": 7, "nextPageLink": "?page=2"}"#)],
    ] {
        assert_eq!(after_five(&head(200, headers)), Ok(Some(url(second))), "{headers:?}");
    }
}

#[test]
fn a_list_that_says_that_there_is_more_and_not_where_is_not_whole() {
    for extra in [
        json!({"total": 7}),
        json!({"total": "7"}),
        json!({"count": 7}),
        json!({"totalCount": 7}),
        json!({"meta": {"total": {"value": 7, "relation": "eq"}}}),
        json!({"total": "many"}),
        json!({"total": "1,234"}),
        framework(1, 2, &json!([])),
        json!({"meta": {"pagination": {"total_pages": "2", "current_page": "1", "links": []}}}),
        json!({"last_page": 2}),
        json!({"page": {"size": 5, "totalPages": 2, "number": 0}}),
        json!({"last": false}),
        json!({"pagination": {"lastPage": false}}),
        json!({"has_more": true}),
        json!({"hasMore": "true"}),
        json!({"pageInfo": {"hasNextPage": true, "endCursor": "abc"}}),
        json!({"next_cursor": "abc"}),
        json!({"nextPageToken": "a/b=="}),
        json!({"next_page": 2}),
        json!({"next": 2}),
        json!({"truncated": true}),
        json!({"done": false}),
        json!({"incomplete_results": true}),
        json!({"limit": 5}),
        json!({"meta": {"per_page": 5, "current_page": 1}}),
        json!({"per_page": "3"}),
    ] {
        assert_eq!(after_five(&beside(&extra)), Err(Gap::NoNextPage), "{extra}");
    }
    for (status, headers) in [
        (200, &[("X-Total-Count", "7")][..]),
        (200, &[("X-Total", "7")]),
        (200, &[("X-Pagination-Total-Count", "7")]),
        (200, &[("X-WP-Total", "5"), ("X-WP-TotalPages", "2")]),
        (200, &[("X-Pagination", "page=1; total-pages=2")]),
        (200, &[("X-Has-More", "true")]),
        (200, &[("X-Next-Cursor", "abc")]),
        (200, &[("X-Total-Count", "5"), ("X-Total-Count", "7")]),
        (200, &[("X-Total-Count", "5, 7")]),
        (200, &[("Content-Range", "customers 0-4/7")]),
        (200, &[("Content-Range", "customers 0-4/*")]),
        (206, &[]),
        (206, &[("Content-Range", "bytes 0-599/9000")]),
        (206, &[("Content-Range", "nonsense")]),
    ] {
        assert_eq!(after_five(&head(status, headers)), Err(Gap::NoNextPage), "{status} {headers:?}");
    }
}

#[test]
fn a_next_page_elsewhere_is_not_followed_and_told_without_its_query() {
    for (next, told) in [
        ("http://api.example/v/api/customers?page=2", "http://api.example/v/api/customers"),
        ("https://other.example/v/api/customers?page=2", "https://other.example/v/api/customers"),
        ("//other.example/v/api/customers", "https://other.example/v/api/customers"),
        ("https://api.example:8443/v/api/customers?page=2", "https://api.example:8443/v/api/customers"),
        ("https://api.example@other.example/v/api/customers", "https://other.example/v/api/customers"),
        ("https://u:p@api.example/v/api/customers?page=2", "https://api.example/v/api/customers"),
        ("/api/customers?page=2", "https://api.example/api/customers"),
        ("/v/api/customers/?page=2", "https://api.example/v/api/customers/"),
        ("/v/api/customers/../realms", "https://api.example/v/api/realms"),
        ("\\\\other.example\\x?page=2", "https://other.example/x"),
        ("data:application/json,{}?/", "data:application/json,{}"),
        ("https://[/", "a place that is no URL"),
    ] {
        let found = after_five(&beside(&json!({"next_page_url": next})));
        assert_eq!(found, Err(Gap::Elsewhere { next: told.to_owned() }), "{next}");
    }
    let one_elsewhere = head(200, &[("Link", "<?page=2>; rel=next, <https://other.example/>; rel=next")]);
    assert!(matches!(after_five(&one_elsewhere), Err(Gap::Elsewhere { .. })));
}

#[test]
fn what_contradicts_itself_is_not_whole() {
    let two = head(200, &[("Link", "<?page=2>; rel=next")]).and(beside(&json!({"next_page_url": "?page=3"})));
    assert_eq!(after_five(&two), Err(Gap::SeveralNextPages));
    for extra in [
        json!({"current_page": 2, "last_page": 2}),
        json!({"prev_page_url": "?page=1"}),
        json!({"links": {"prev": "?page=1", "next": null}}),
        json!({"offset": 5}),
        json!({"meta": {"from": 6}}),
        json!({"first": false}),
    ] {
        assert_eq!(after_five(&beside(&extra)), Err(Gap::NotTheBeginning), "{extra}");
    }
    let range = head(206, &[("Content-Range", "items 5-9/10")]);
    assert_eq!(after_five(&range), Err(Gap::NotTheBeginning));
    assert_eq!(after_five(&beside(&json!({"next": LIST}))), Err(Gap::Loop));
}

/// What follows the last of these pages. Each has its statements, and the number of its new customers.
fn after_last(list: &[(Value, u64)]) -> Result<Option<Url>, Gap> {
    let mut pager = Pager::new(&url(LIST));
    let (mut page_url, mut ended) = (url(LIST), Ok(None));
    for (extra, new) in list {
        ended = pager
            .after(&page_url, &beside(extra), ElementCounts { all: 5, new: *new })
            .map_err(|part| part.gap);
        match &ended {
            Ok(Some(next)) => page_url = next.clone(),
            _ => break,
        }
    }
    ended
}

#[test]
fn pages_end_with_all_of_the_list_or_with_what_lacks() {
    let page = |number: u64, total: u64, next: Value| json!({"total": total, "current_page": number, "next_page_url": next});
    let (first, last) = ((page(1, 7, json!("?page=2")), 5), |total, new| (page(2, total, json!(null)), new));
    assert_eq!(after_last(&[first.clone(), last(7, 2)]), Ok(None));
    assert_eq!(after_last(&[first.clone(), last(7, 1)]), Err(Gap::TooFew { total: 7 }));
    assert_eq!(
        after_last(&[first.clone(), last(8, 2)]),
        Err(Gap::Changed { total: 8 }),
        "somebody created one"
    );
    assert_eq!(after_last(&[first.clone(), last(8, 3)]), Ok(None), "and it was shown");
    assert_eq!(
        after_last(&[first.clone(), last(6, 1)]),
        Err(Gap::Changed { total: 7 }),
        "somebody deleted one"
    );
    assert_eq!(after_last(&[first.clone(), (json!({"has_more": true}), 2)]), Err(Gap::NoNextPage));
    assert_eq!(
        after_last(&[first.clone(), (page(1, 7, json!(null)), 2)]),
        Err(Gap::Loop),
        "the first page again"
    );
    assert_eq!(after_last(&[first, (page(2, 7, json!("?page=2")), 2)]), Err(Gap::Loop));

    let next = |page: u64| json!({"next": format!("?page={page}")});
    assert_eq!(
        after_last(&[(next(2), 5), (next(3), 5), (next(4), 0)]),
        Err(Gap::Loop),
        "pages that show nothing new"
    );
    assert_eq!(after_last(&[(next(2), 5), (json!({}), 0)]), Ok(None), "an empty page at the end");
    assert_eq!(after_last(&[(next(2), 5), (json!({"total_pages": 3}), 5)]), Err(Gap::NoNextPage));
    let endless: Vec<_> = (2..MAX_PAGES + 3).map(|page| (next(page), 1)).collect();
    assert_eq!(after_last(&endless), Err(Gap::TooManyPages));
}

#[test]
fn what_is_said_is_told_in_words() {
    let described = |extra: Value| {
        let mut pager = Pager::new(&url(LIST));
        pager.after(&url(LIST), &beside(&extra), ElementCounts { all: 5, new: 5 }).unwrap_err().said
    };
    assert_eq!(described(framework(1, 2, &json!([]))), "meta.pagination.total_pages is 2");
    assert_eq!(described(json!({"to\u{1b}[tal": 7})), "total is 7", "without what a terminal acts on");
    assert_eq!(described(json!({"next_cursor": "s3cr3t"})), "next_cursor");
}
