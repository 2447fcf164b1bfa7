//! The names of fields and headers that state something about paging.

/// What a field or a header states about a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Contains fields that state something.
    Container,
    /// How many elements there are, in this response or in all.
    Total,
    /// How many pages there are. As a boolean: whether this is the last page.
    Pages,
    /// The number of this page, from 1.
    Page,
    /// How many elements a response has at most.
    Limit,
    /// A reference to the next page, as a URL or as something else.
    Next { is_url: bool },
    /// Whether there is more.
    More,
    /// Whether there is no more, as a boolean.
    Last,
    /// A reference to the previous page, or whether there is one.
    Before,
    /// Whether this is the first page, as a boolean.
    First,
    /// The position at which this response begins; the list begins at `from`.
    Start { from: u64 },
}

impl Meaning {
    pub(crate) fn is_container(self) -> bool {
        matches!(self, Self::Container | Self::Page | Self::Pages)
    }
}

/// What a field with this name states beside a list, or in a container there. Spelling does not matter: `next_page_url` and
/// `nextPageUrl` mean the same.
pub(crate) fn meaning(name: &str) -> Option<Meaning> {
    let name = letters(name);
    let name = name.strip_prefix("odata").or_else(|| name.strip_prefix("hydra")).unwrap_or(&name);
    Some(match name {
        "meta" | "metadata" | "pagination" | "paging" | "paginator" | "pager" | "pageinfo" | "links"
        | "link" | "cursors" | "resultinfo" | "responsemetadata" | "info" | "view" | "resultset"
        | "listinfo" | "additionaldata" | "collection" => Meaning::Container,
        "page" | "currentpage" | "pagenumber" | "pageno" | "pagenum" => Meaning::Page,
        "totalpages" | "totalpage" | "pages" | "pagecount" | "pagescount" | "lastpage" | "numpages"
        | "numberofpages" | "nbpages" | "pagetotal" | "pagestotal" | "maxpage" | "maxpages" => Meaning::Pages,
        "perpage" | "pagesize" | "limit" | "itemsperpage" | "pagelimit" | "maxresults" | "maxitems"
        | "maxperpage" | "hitsperpage" | "maxpagesize" | "resultsperpage" => Meaning::Limit,
        "cursor"
        | "continuation"
        | "continuationtoken"
        | "continue"
        | "scrollid"
        | "hasmore"
        | "hasnext"
        | "hasnextpage"
        | "hasmorepage"
        | "hasmorerows"
        | "moreitemsincollection"
        | "remaining"
        | "lastevaluatedkey"
        | "pagetoken"
        | "paginationtoken"
        | "resumptiontoken"
        | "resulttruncated"
        | "resultstruncated"
        | "exceededtransferlimit"
        | "hasmorepages"
        | "hasmoreitems"
        | "hasmoreresults"
        | "hasmorerecords"
        | "more"
        | "moreavailable"
        | "moreresults"
        | "moreitems"
        | "morepages"
        | "truncated"
        | "istruncated"
        | "incomplete"
        | "isincomplete"
        | "incompleteresults"
        | "partial"
        | "ispartial" => Meaning::More,
        "last" | "islast" | "islastpage" | "complete" | "iscomplete" | "done" | "isdone" => Meaning::Last,
        "first" | "isfirst" | "isfirstpage" | "firstpage" => Meaning::First,
        "hasprev" | "hasprevious" | "hasprevpage" | "haspreviouspage" => Meaning::Before,
        "offset" | "skip" | "startat" | "startoffset" => Meaning::Start { from: 0 },
        "from" | "start" | "startindex" | "startrow" => Meaning::Start { from: 1 },
        "count" | "numfound" | "nbhits" | "itotalrecords" | "totalfound" | "numresults" | "overallcount" => {
            Meaning::Total
        }
        _ => return compound(name),
    })
}

/// What a header with this name states about a list. There are fewer such names than for fields, because headers serve many
/// purposes.
pub(crate) fn meaning_of_header(name: &str) -> Option<Meaning> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("x-").unwrap_or(&name);
    let name = name.strip_prefix("wp-").or_else(|| name.strip_prefix("ms-")).unwrap_or(name);
    let short = name.strip_prefix("pagination-").or_else(|| name.strip_prefix("paging-")).unwrap_or(name);
    match meaning(short)? {
        Meaning::Container if matches!(short, "pagination" | "paging" | "page-info") => {
            Some(Meaning::Container)
        }
        Meaning::Container | Meaning::Last | Meaning::First | Meaning::Start { .. } => None,
        other => Some(other),
    }
}

/// Names of several words: a total of something, or the next or previous page.
fn compound(name: &str) -> Option<Meaning> {
    const PARTS: [&str; 20] = [
        "page", "url", "uri", "link", "href", "cursor", "token", "offset", "key", "id", "marker", "start",
        "records", "results", "batch", "index", "number", "params", "query", "path",
    ];
    const COUNTED: [&str; 19] = [
        "counts",
        "count",
        "results",
        "result",
        "items",
        "item",
        "elements",
        "records",
        "record",
        "rows",
        "hits",
        "entries",
        "size",
        "number",
        "customers",
        "subrealms",
        "realms",
        "matches",
        "objects",
    ];
    if let Some(parts) = name.strip_prefix("next").filter(|parts| is_made_of(parts, &PARTS)) {
        let is_url =
            !["cursor", "token", "offset", "key", "id", "marker"].iter().any(|it| parts.ends_with(it));
        return Some(Meaning::Next { is_url });
    }
    let before = name.strip_prefix("previous").or_else(|| name.strip_prefix("prev"));
    if before.is_some_and(|parts| is_made_of(parts, &PARTS)) {
        return Some(Meaning::Before);
    }
    let number = name.strip_prefix("totalnumberof").or_else(|| name.strip_prefix("numberof"));
    let total = number.or_else(|| name.strip_prefix("total")).or_else(|| name.strip_suffix("total"));
    total.is_some_and(|parts| is_made_of(parts, &COUNTED)).then_some(Meaning::Total)
}

fn is_made_of(name: &str, parts: &[&str]) -> bool {
    name.is_empty()
        || parts.iter().any(|part| name.strip_prefix(part).is_some_and(|rest| is_made_of(rest, parts)))
}

/// A name without its spelling: only letters and digits, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_the_same_in_every_spelling() {
        for name in
            ["next_page_url", "nextPageUrl", "NextPageURL", "next-page-url", "@odata.nextLink", "next"]
        {
            assert_eq!(meaning(name), Some(Meaning::Next { is_url: true }), "{name}");
        }
        for name in ["hydra:totalItems", "number_of_customers", "total_found", "nbHits", "iTotalRecords"] {
            assert_eq!(meaning(name), Some(Meaning::Total), "{name}");
        }
        for name in ["has_more_page", "more_items_in_collection", "LastEvaluatedKey", "results_truncated"] {
            assert_eq!(meaning(name), Some(Meaning::More), "{name}");
        }
        assert_eq!(meaning("hydra:next"), Some(Meaning::Next { is_url: true }));
        for name in ["next_cursor", "nextPageToken"] {
            assert_eq!(meaning(name), Some(Meaning::Next { is_url: false }), "{name}");
        }
        for name in
            ["total", "totalCount", "total_customers", "recordsTotal", "totalItemCount", "@odata.count"]
        {
            assert_eq!(meaning(name), Some(Meaning::Total), "{name}");
        }
    }

    #[test]
    fn other_names_mean_nothing() {
        for name in
            ["name", "totals", "total_balance", "nextgen", "nextInvoiceDate", "version", "customer", ""]
        {
            assert_eq!(meaning(name), None, "{name}");
        }
    }

    #[test]
    fn headers_have_prefixes_and_other_programs() {
        for name in ["X-Total-Count", "X-Total", "Total-Count", "X-WP-Total", "X-Pagination-Total-Count"] {
            assert_eq!(meaning_of_header(name), Some(Meaning::Total), "{name}");
        }
        assert_eq!(meaning_of_header("X-Next-Page"), Some(Meaning::Next { is_url: true }));
        assert_eq!(meaning_of_header("X-WP-TotalPages"), Some(Meaning::Pages));
        assert_eq!(meaning_of_header("X-Pagination"), Some(Meaning::Container));
        for name in ["x-nextjs-cache", "x-ratelimit-limit", "date", "from", "link", "server", "x-request-id"]
        {
            assert_eq!(meaning_of_header(name), None, "{name}");
        }
    }
}
