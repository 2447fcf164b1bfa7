//! How much of an answer is shown that is not what was asked for.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::server::{Reply, reply, serve, token};
use crate::{at, cloudlx, run, stderr, stdout};

const OTHERS: [&str; 4] = ["Anna", "Example", "anna@", "+44 20"];

/// Other people's customers.
fn others() -> String {
    json!({"customers": [
        {"id": 1, "name": "Anna Example", "currency": "anna@example.com", "country": {}, "realms": [], "sub_realms": []},
        {"id": 2, "name": "Anna Example's Company", "phone": "+44 20 7946 0000"},
    ]})
    .to_string()
}

/// What is shown in both formats, all of it.
fn shown(folder: &Path, base_url: &str, arguments: &[&str]) -> [String; 2] {
    ["human", "json"].map(|format| {
        let arguments = arguments.iter().copied().chain(["--format", format]);
        let output = run(at(base_url, cloudlx(folder, arguments)));
        assert!(!output.status.success(), "{arguments:?}", arguments = output.status);
        format!("{}{}", stdout(&output), stderr(&output))
    })
}

fn answering(body: &str) -> String {
    let body = body.to_owned();
    serve(move |call| match call {
        "POST /api/oauth2/access-token" => token(),
        _ => reply("200 OK", body.clone()),
    })
}

#[test]
fn a_list_that_cannot_be_read_shows_nobodys_data() {
    let folder = tempfile::tempdir().unwrap();
    let others = others();
    let cut = others.len() - 20;
    for body in [
        others.clone(),
        others.replace("customers", "Anna Example"),
        others[..cut].to_owned(),
        others.replace(':', "="),
        json!("Anna Example, anna@example.com").to_string(),
        json!({"customers": "Anna Example", "realms": "Anna Example", "sub_realms": "Anna Example"})
            .to_string(),
        json!({"customers": [{"id": "Anna Example"}]}).to_string(),
        json!({"id": "Anna Example"}).to_string(),
        "Anna Example, anna@example.com, +44 20 7946 0000".to_owned(),
    ] {
        let base_url = answering(&body);
        for arguments in [
            &["customers", "list"][..],
            &["customers", "get", "7"],
            &["realms", "list"],
            &["sub-realms", "list"],
        ] {
            for shown in shown(folder.path(), &base_url, arguments) {
                let told = OTHERS.iter().find(|it| shown.contains(**it));
                assert!(told.is_none(), "{arguments:?} of {body} shows {told:?}: {shown}");
                // In the body, or in the list, where the others can be read.
                let places = ["line 1, column", "line 1 column", "in place 1 of the list"];
                assert!(places.iter().any(|place| shown.contains(place)), "where: {shown}");
            }
        }
    }
}

#[test]
fn what_settles_an_import_shows_nobodys_data() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rows.csv"), "name,currency_iso,country_iso,realms\nA,GBP,GB,1\n").unwrap();
    let others = others();
    let base_url = serve(move |call| match call {
        "POST /api/oauth2/access-token" => token(),
        "GET /api/customers" => reply("200 OK", others.clone()),
        _ => reply("500 Oh", ""),
    });
    let import = ["import", "rows.csv", "--journal", "journal", "--settle", "0s", "--report", "/dev/stdout"];
    for shown in shown(folder.path(), &base_url, &import) {
        assert!(OTHERS.iter().all(|it| !shown.contains(it)), "{shown}");
    }
}

#[test]
fn an_answer_to_a_create_is_shown_at_a_glance() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("request.json"),
        r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
    )
    .unwrap();
    let long = format!(r#"{{"id": 6918, "name": "A", "currency": 7, "x": "{}END"}}"#, "x".repeat(10_000));
    let [people, programs] =
        shown(folder.path(), &answering(&long), &["customers", "create", "request.json"]);
    assert!(people.contains(r#"the answer was: {"id": 6918, "#), "{people}");
    let programs_body = serde_json::from_str::<Value>(&programs).unwrap()["body"].clone();
    assert!(programs_body.as_str().unwrap().starts_with(r#"{"id": 6918, "#), "{programs}");
    for shown in [people, programs] {
        assert!(shown.len() < 2_000 && !shown.contains("END"), "{shown}");
    }
    let [_, programs] =
        shown(folder.path(), &answering(r#"{"id": 6918}"#), &["customers", "create", "request.json"]);
    assert_eq!(serde_json::from_str::<Value>(&programs).unwrap()["body"], json!({"id": 6918}));
}

#[test]
fn an_unknown_create_names_the_customer_and_the_request_that_the_answer_names() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("request.json"),
        r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
    )
    .unwrap();
    let headers =
        "location: /api/customers/7001\r\nx-request-id: 7f3a\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let base_url = serve(move |call| match call {
        "POST /api/oauth2/access-token" => token(),
        _ => Reply { headers: headers.to_owned(), ..reply("201 Created", "") },
    });
    let [people, programs] = shown(folder.path(), &base_url, &["customers", "create", "request.json"]);
    assert!(
        people.contains("though the answer names customer 7001: look with `cloudlx customers get 7001`"),
        "{people}"
    );
    assert!(people.contains("finds it by request id 7f3a of 1994-11-06T08:49:37Z\n"), "{people}");
    let programs: Value = serde_json::from_str(&programs).unwrap();
    assert_eq!(programs["customer"], 7001);
    assert_eq!(programs["for_support"], json!({"request_id": "7f3a", "date": "1994-11-06T08:49:37Z"}));
}

#[test]
fn a_refusal_is_shown_at_a_glance_and_keeps_its_form_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(500) + "END";
    let errors: serde_json::Map<_, _> = (0..50).map(|nth| (format!("f{nth}"), json!([long, long]))).collect();
    let api = json!({"message": long, "errors": errors, "status_code": 403}).to_string();
    let other = json!({"customers": vec![json!({"name": long}); 10]}).to_string();
    for (body, is_api) in [(api, true), (other, false), (format!("<html>{long}"), false)] {
        let base_url = serve(move |call| match call {
            "POST /api/oauth2/access-token" => token(),
            _ => reply("403 Forbidden", body.clone()),
        });
        let [people, programs] = shown(folder.path(), &base_url, &["customers", "list"]);
        assert!(people.len() < 4_000 && programs.len() < 20_000, "{people} {programs}");
        assert!(!people.contains("END") && !programs.contains("END"), "{people} {programs}");
        let body = &serde_json::from_str::<Value>(&programs).unwrap()["body"];
        assert_eq!(body["status_code"] == 403, is_api, "{programs}");
        assert_eq!(body.is_string(), !is_api, "{programs}");
    }
}

#[test]
fn a_list_too_long_for_memory_says_so_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let base_url = serve(|call| match call {
        "POST /api/oauth2/access-token" => token(),
        _ => Reply { length: Some(100 << 20), ..reply("200 OK", others() + &" ".repeat(1 << 17)) },
    });
    for shown in shown(folder.path(), &base_url, &["customers", "list"]) {
        assert!(shown.contains("a body of more than"), "{shown}");
        assert!(!shown.contains("fold_customers") && !shown.contains("Anna"), "{shown}");
    }
}
