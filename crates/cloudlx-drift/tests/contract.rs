//! Snapshots of how the model reads every recorded response, and of how each compares with the contract.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use std::fs;
use std::path::{Path, PathBuf};

use cloudlx_drift::{Contract, Sample};
use cloudlx_model::{
    AccessTokenRequest, ENDPOINTS, Endpoint, ErrorBody, GetCustomer, ListCustomers, ListRealms, ListSubRealms,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Each folder in `recorded` is a recording: `cloudlx drift --record` made it.
fn recorded() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
    let entries = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).collect::<Vec<_>>()
    };
    let mut files: Vec<_> =
        entries(&root).iter().filter(|path| path.is_dir()).flat_map(|folder| entries(folder)).collect();
    files.sort();
    files
}

#[test]
fn every_recorded_answer_is_read() {
    let files = recorded();
    assert!(files.len() >= 5, "there is a recording");
    let contract = Contract::current().unwrap();
    for file in files {
        let text = fs::read_to_string(&file).expect("text");
        let sample: Sample =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let endpoint =
            ENDPOINTS.iter().find(|endpoint| endpoint.name == sample.endpoint).expect("an endpoint");
        let body = sample.body.to_string();
        let findings =
            contract.compare(endpoint, sample.status, sample.media_type.as_deref(), body.as_bytes());
        let shown = json!({ "findings": findings, "read": read(&sample) });

        let folder = file.parent().and_then(Path::file_name).expect("a folder").to_string_lossy();
        let name = format!("{folder}_{}", file.file_stem().expect("a name").to_string_lossy());
        insta::assert_json_snapshot!(name, shown);
    }
}

/// The body as the model reads it, or the error.
fn read(sample: &Sample) -> Value {
    fn as_the_model_does<T: DeserializeOwned + Serialize>(body: &Value) -> Value {
        match serde_json::from_value::<T>(body.clone()) {
            Ok(value) => serde_json::to_value(value).expect("what was read can be written"),
            Err(error) => json!({ "error": error.to_string() }),
        }
    }
    type Response<E> = <E as Endpoint>::Response;
    match sample.endpoint.as_str() {
        _ if sample.status != 200 => as_the_model_does::<ErrorBody>(&sample.body),
        AccessTokenRequest::NAME => as_the_model_does::<Response<AccessTokenRequest>>(&sample.body),
        ListCustomers::NAME => as_the_model_does::<Response<ListCustomers>>(&sample.body),
        GetCustomer::NAME => as_the_model_does::<Response<GetCustomer>>(&sample.body),
        ListRealms::NAME => as_the_model_does::<Response<ListRealms>>(&sample.body),
        ListSubRealms::NAME => as_the_model_does::<Response<ListSubRealms>>(&sample.body),
        other => panic!("{other} is not a call that is recorded"),
    }
}
