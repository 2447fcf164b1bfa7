//! `cloudlx drift` against the stub, and against the stub with altered answers.

mod altered;

use std::fmt::Write as _;
use std::fs;

use cloudlx_server_stub::Stub;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use self::altered::Answer;
use crate::{PAGE, cloudlx, shown};

/// A stub that has two customers.
struct Api {
    stub: Stub,
    /// What the stub runs on.
    _runtime: Runtime,
}

impl Api {
    fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let api = Self { stub: runtime.block_on(Stub::start()).expect("a stub"), _runtime: runtime };
        for _ in 0..2 {
            let created = api.run(api.stub.base_url(), &["customers", "create", PAGE]);
            assert!(created.contains("exit 0"), "{created}");
        }
        api
    }

    fn run(&self, base_url: &str, arguments: &[&str]) -> String {
        let output = cloudlx(arguments)
            .env("CLOUDLX_BASE_URL", base_url)
            .env("CLOUDLX_CLIENT_ID", self.stub.client_id())
            .env("CLOUDLX_CLIENT_SECRET", "stub")
            .output()
            .expect("cloudlx runs");
        shown(arguments, output)
    }

    /// What `drift` prints for people when answers are altered.
    fn drift(&self, alter: impl Fn(&str, &mut Answer) + Send + Sync + 'static) -> String {
        let base_url = altered::serve(self.stub.address(), alter);
        self.run(&base_url, &["drift", "--format", "human"])
    }
}

#[test]
fn an_api_that_is_as_documented() {
    let api = Api::start();
    insta::assert_snapshot!("same", api.run(api.stub.base_url(), &["drift", "--format", "human"]));
    insta::assert_snapshot!(
        "same_for_programs",
        api.run(api.stub.base_url(), &["drift", "--customers", "1", "--format", "json"])
    );
    let paths: Vec<_> =
        api.stub.requests().into_iter().map(|request| request.method + " " + &request.path).collect();
    let creates = paths.iter().filter(|path| *path == "POST /api/customers").count();
    assert_eq!(creates, 2, "drift creates nothing: {paths:?}");
}

fn for_each_customer(call: &str, answer: &mut Answer, alter: impl Fn(&mut Value)) {
    match call {
        "GET /api/customers" => {
            answer.json(|body| body["customers"].as_array_mut().expect("a list").iter_mut().for_each(alter));
        }
        call if call.starts_with("GET /api/customers/") => answer.json(alter),
        _ => {}
    }
}

#[test]
fn an_api_with_new_fields() {
    let api = Api::start();
    let alter = |call: &str, answer: &mut Answer| {
        for_each_customer(call, answer, |customer| {
            customer["vat_number"] = if customer["id"] == 6918 { json!("GB123") } else { Value::Null };
            customer["currency"]["minor_units"] = json!(2);
            customer["contacts"] = json!([{"email": "ann@example.com", "primary": true}, {"email": null}]);
        });
    };
    insta::assert_snapshot!("additive", api.drift(alter));
    let base_url = altered::serve(api.stub.address(), alter);
    insta::assert_snapshot!("additive_for_programs", api.run(&base_url, &["drift", "--format", "json"]));
}

#[test]
fn an_api_that_has_drifted() {
    let api = Api::start();
    insta::assert_snapshot!(
        "fields",
        api.drift(|call, answer| {
            for_each_customer(call, answer, |customer| {
                customer["id"] = json!(customer["id"].to_string());
                customer["sub_realms"][0].as_object_mut().expect("a sub-realm").remove("has_access");
                customer["country"] = json!("GB");
            });
        })
    );
    insta::assert_snapshot!(
        "answers",
        api.drift(|call, answer| match call {
            "GET /api/realms" => "404 Not Found".clone_into(&mut answer.status),
            "GET /api/sub-realms" => "text/html; charset=utf-8".clone_into(&mut answer.media_type),
            "GET /api/customers" => "<p>Log in".clone_into(&mut answer.body),
            _ => {}
        })
    );
    insta::assert_snapshot!(
        "token",
        api.drift(|call, answer| if call.ends_with("/access-token") {
            answer.json(|body| body["expires_in"] = json!("3600"));
        })
    );
}

#[test]
fn an_api_that_pages_its_lists() {
    let api = Api::start();
    insta::assert_snapshot!(
        "pages",
        api.drift(|call, answer| match call {
            "GET /api/customers" => answer.json(|body| {
                body["meta"] = json!({"pagination": {"total": 7, "count": 2, "per_page": 2, "current_page": 1,
                    "total_pages": 4, "links": {"next": "https://api.example/api/customers?page=2"}}});
            }),
            "GET /api/realms" => answer.media_type.push_str("\r\nlink: </api/realms?page=2>; rel=next"),
            _ => {}
        })
    );
}

#[test]
fn an_api_that_could_not_be_checked() {
    let api = Api::start();
    let status = |path: &'static str, status: &'static str| {
        move |call: &str, answer: &mut Answer| {
            if call == path {
                status.clone_into(&mut answer.status);
                r#"{"message": "No."}"#.clone_into(&mut answer.body);
            }
        }
    };
    insta::assert_snapshot!("busy", api.drift(status("GET /api/realms", "503 Service Unavailable")));
    insta::assert_snapshot!("refused", api.drift(status("GET /api/customers", "401 Unauthorized")));
    insta::assert_snapshot!(
        "no_token",
        api.drift(status("POST /api/oauth2/access-token", "401 Unauthorized"))
    );
    insta::assert_snapshot!("no_customer", {
        let empty = Runtime::new().expect("a runtime");
        let stub = empty.block_on(Stub::start()).expect("a stub");
        api.run(stub.base_url(), &["drift", "--format", "human"])
    });
    insta::assert_snapshot!("no_server", {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        drop(listener);
        api.run(&base_url, &["drift", "--format", "human"])
    });
}

#[test]
fn what_is_recorded_holds_no_personal_data() {
    let api = Api::start();
    let base_url = altered::serve(api.stub.address(), |call, answer| {
        for_each_customer(call, answer, |customer| {
            customer["contact"] = json!({"email": "ann@example.com", "phone": "+44 20 7946 0000"});
        });
    });
    let folder = format!("{}/recorded", env!("CARGO_TARGET_TMPDIR"));
    // Nothing to remove on the first run.
    let _ = fs::remove_dir_all(&folder);
    let shown = api.run(&base_url, &["drift", "--record", &folder, "--format", "human"]);
    assert!(shown.contains("recorded 5 samples in"), "{shown}");
    let mut recorded = String::new();
    let mut files: Vec<_> =
        fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&file).expect("text");
        for personal in ["ann@", "Example Company", "7946"] {
            assert!(!text.contains(personal), "{name}: {text}");
        }
        write!(recorded, "── {name}\n{text}").expect("a string takes all");
    }
    insta::assert_snapshot!("recorded", recorded);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let api = Api::start();
    let shown = api.run(api.stub.base_url(), &["drift", "--record", PAGE, "--format", "human"]);
    assert!(shown.contains("exit 2"), "{shown}");
    assert!(shown.contains("could not write"), "{shown}");
}
