//! What the contract says of answers, held against every answer that the tests get: status, media type and body.

use std::sync::LazyLock;

use cloudlx_drift::Contract;
use cloudlx_model::{ENDPOINTS, EndpointInfo, GetCustomer};

use super::Reply;

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::current().expect("the contract"));

/// Fails when the request is to an endpoint and the answer is not as documented for it. Requests to nowhere, and with
/// methods that a path does not have, have no operation that could document their answers.
pub(crate) fn assert_documented(method: &str, target: &str, reply: &Reply) {
    let Some(endpoint) = endpoint(method, target) else { return };
    let findings = CONTRACT.compare(&endpoint, reply.status, reply.header("content-type"), &reply.body);
    assert!(findings.is_empty(), "{method} {target} answered {}: {findings:?}", reply.status);
}

pub(crate) fn endpoint(method: &str, target: &str) -> Option<EndpointInfo> {
    let path = target.split('?').next().unwrap_or_default();
    let path = match path.strip_prefix("/api/customers/") {
        Some(id) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
            EndpointInfo::of::<GetCustomer>().path
        }
        _ => path,
    };
    ENDPOINTS.iter().copied().find(|it| it.path == path && it.method.as_str() == method)
}
