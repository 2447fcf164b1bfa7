//! Finds lists that state that they have pages.

use cloudlx_client::Paging;
use serde_json::Value;

use crate::finding::{Change, Finding};

/// A finding for a list with pages, which no list is documented to have. The list is in the field `list`.
pub(crate) fn paging_finding(list: &str, status: u16, head: Paging, body: &Value) -> Option<Finding> {
    let shown = match body.get(list) {
        Some(Value::Array(elements)) => elements.len(),
        Some(Value::Object(elements)) => elements.len(),
        _ => 0,
    };
    let signs = head.and(Paging::of_document(body, list)).signs(shown as u64);
    let is_paged = (200..300).contains(&status) && !signs.is_empty();
    is_paged.then(|| Finding::for_response(Change::Paged { signs }))
}

#[cfg(test)]
mod tests {
    use cloudlx_model::{
        AccessTokenRequest, EndpointInfo, GetCustomer, ListCustomers, ListRealms, ListSubRealms,
    };
    use serde_json::json;

    use super::*;
    use crate::Contract;

    #[test]
    fn a_list_in_pages_is_drift_and_says_what_that_means() {
        let list = EndpointInfo::of::<ListCustomers>();
        let finding = |extra: Value| {
            let mut body = extra;
            body["customers"] = json!([]);
            let contract = Contract::current().unwrap();
            let findings =
                contract.compare(&list, 200, Some("application/json"), body.to_string().as_bytes());
            let paged = |finding: &&Finding| matches!(finding.change, Change::Paged { .. });
            let paged = findings.iter().find(paged);
            assert!(paged.is_none_or(|finding| !finding.change.is_additive()));
            paged.map(ToString::to_string)
        };
        for (extra, signs) in [
            (
                json!({"meta": {"pagination": {"total": 7, "count": 0, "per_page": 5, "links": {"next": "/x"}}}}),
                "meta.pagination.links.next, meta.pagination.per_page, meta.pagination.total",
            ),
            (
                json!({"meta": {"pagination": {"total": 0, "total_pages": 1, "links": []}}}),
                "meta.pagination.total_pages, meta.pagination.total",
            ),
            (json!({"next_page_url": null}), "a field that says that nothing follows"),
            (json!({"total": 7}), "total"),
            (json!({"has_more": true}), "has_more"),
        ] {
            let finding = finding(extra).unwrap();
            assert!(finding.starts_with("list in pages: expected all in one answer, found "), "{finding}");
            assert!(finding.contains(&format!("({signs})")), "{finding}");
        }
        assert_eq!(finding(json!({"total": 0})), None, "a number that hides nobody");
        assert_eq!(finding(json!({"version": 2})), None);

        let one = json!({"id": 1, "meta": {"total": 9}});
        let get = EndpointInfo::of::<GetCustomer>();
        let findings = Contract::current().unwrap().compare(&get, 200, None, one.to_string().as_bytes());
        let paged = |finding: &Finding| matches!(finding.change, Change::Paged { .. });
        assert!(!findings.iter().any(paged), "it is no list");
    }

    #[test]
    fn the_contract_names_the_field_of_every_list() {
        let contract = Contract::current().unwrap();
        assert_eq!(contract.list_field(&EndpointInfo::of::<ListCustomers>()), Some("customers"));
        assert_eq!(contract.list_field(&EndpointInfo::of::<ListRealms>()), Some("realms"));
        assert_eq!(contract.list_field(&EndpointInfo::of::<ListSubRealms>()), Some("sub_realms"));
        assert_eq!(contract.list_field(&EndpointInfo::of::<GetCustomer>()), None);
        assert_eq!(contract.list_field(&EndpointInfo::of::<AccessTokenRequest>()), None);
    }
}
