//! What holds of all endpoints.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use cloudlx_model::{CustomerId, ENDPOINTS, Endpoint, GetCustomer};

#[test]
fn every_path_starts_below_api() {
    for endpoint in ENDPOINTS {
        assert!(endpoint.path.starts_with("/api/"), "{endpoint:?}");
    }
}

/// The client relies on it.
#[test]
fn methods_are_written_as_http_writes_them() {
    for endpoint in ENDPOINTS {
        assert!(["GET", "POST"].contains(&endpoint.method.as_str()), "{endpoint:?}");
    }
}

#[test]
fn no_two_endpoints_share_a_name_or_a_method_and_path() {
    for (i, one) in ENDPOINTS.iter().enumerate() {
        for other in &ENDPOINTS[i + 1..] {
            assert_ne!(one.name, other.name);
            assert_ne!((one.method, one.path), (other.method, other.path));
        }
    }
}

#[test]
fn a_filled_path_keeps_no_parameter() {
    let path = GetCustomer { customer_id: CustomerId(1) }.path();
    assert!(!path.contains(['{', '}']), "{path}");
}
