//! The vectors.

use serde_json::{Value, json};
use xtask_compat::Contract;
use xtask_compat::Verdict::{Breaking, Compatible, None};

use super::{Edit, INVALID, Prepared, RULES_FILE, VALID, list, with};

pub(super) const EDITS: &[Edit] = &[
    ("rule of a violation changed", Breaking, |it| {
        with(it, INVALID, "/violations/0", "rule", json!("blank"));
    }),
    ("place of a violation changed", Breaking, |it| {
        with(it, INVALID, "/violations/0", "pointer", json!("/enabled_sub_realms"));
    }),
    ("violation added", Breaking, |it| {
        list(it, INVALID, "/violations").push(json!({"pointer": "/name", "rule": "blank"}));
    }),
    ("all vectors removed", Breaking, |it| it.files.retain(|path, _| !path.starts_with("vectors/"))),
    ("invalid vector removed", Compatible, |it| drop(it.files.remove(INVALID))),
    ("valid vector removed that is still accepted", Compatible, |it| drop(it.files.remove(VALID))),
    ("vector renamed", None, |it| {
        let vector = it.files.remove(VALID).unwrap();
        it.files.insert("vectors/valid/smallest.json".to_owned(), vector);
    }),
    ("valid vector added", None, |it| {
        let mut vector = it.files[VALID].clone();
        vector["document"]["name"] = "Acme".into();
        it.files.insert("vectors/valid/acme.json".to_owned(), vector);
    }),
    ("valid vector added that the schemas refuse", Breaking, |it| {
        let mut vector = it.files[VALID].clone();
        vector["document"]["name"] = json!(1);
        it.files.insert("vectors/valid/number.json".to_owned(), vector);
    }),
    ("text added as valid", Breaking, |it| {
        let vector = json!({"text": "{\"a\": 1}", "valid": true, "violations": []});
        it.files.insert("vectors/valid/text.json".to_owned(), vector);
    }),
    ("invalid vector added that the old version accepts", Breaking, |it| {
        let mut vector = it.files[VALID].clone();
        vector["document"]["name"] = "Mr".into();
        vector["valid"] = json!(false);
        vector["violations"] = json!([{"pointer": "/name", "rule": "blank"}]);
        it.files.insert("vectors/invalid/mr.json".to_owned(), vector);
    }),
    ("invalid vector added that the old schemas refuse", None, |it| {
        let mut vector = it.files[VALID].clone();
        vector["document"]["name"] = " ".into();
        vector["valid"] = json!(false);
        vector["violations"] = json!([{"pointer": "/name", "rule": "blank"}]);
        it.files.insert("vectors/invalid/blank.json".to_owned(), vector);
    }),
    ("invalid vector added that an unchanged expression refuses", None, |it| {
        let mut vector = it.files[INVALID].clone();
        vector["document"]["enabled_sub_realms"] = json!([3]);
        it.files.insert("vectors/invalid/another.json".to_owned(), vector);
    }),
    ("invalid vector added, and the expression changed", Breaking, |it| {
        let mut vector = it.files[INVALID].clone();
        vector["document"]["enabled_sub_realms"] = json!([3]);
        it.files.insert("vectors/invalid/another.json".to_owned(), vector);
        with(it, RULES_FILE, "/rules/2", "cel", json!("false"));
    }),
    ("valid vector replaced by an invalid one", Breaking, |it| {
        with(it, VALID, "/document", "name", json!("Mr"));
        with(it, VALID, "", "valid", json!(false));
        with(it, VALID, "", "violations", json!([{"pointer": "/name", "rule": "blank"}]));
    }),
    ("text that is no JSON added as invalid", Breaking, |it| {
        let violations = json!([{"pointer": "", "rule": "blank"}]);
        let vector = json!({"text": "{", "valid": false, "violations": violations});
        it.files.insert("vectors/invalid/text.json".to_owned(), vector);
    }),
    ("part that is not understood", Breaking, |it| with(it, VALID, "", "mode", json!("strict"))),
];

pub(super) const PREPARED: &[Prepared] = &[
    (
        "another text that is no JSON added",
        None,
        |it| {
            let violations = json!([{"pointer": "", "rule": "blank"}]);
            let vector = json!({"text": "{", "valid": false, "violations": violations});
            it.files.insert("vectors/invalid/text.json".to_owned(), vector);
        },
        |it| {
            let mut vector = it.files["vectors/invalid/text.json"].clone();
            vector["text"] = "[".into();
            it.files.insert("vectors/invalid/list.json".to_owned(), vector);
        },
    ),
    ("catalogue changed", Breaking, |it| catalogue(it, &json!([1, 2])), |it| catalogue(it, &json!([2]))),
];

fn catalogue(contract: &mut Contract, realms: &Value) {
    let mut vector = contract.files[VALID].clone();
    vector["catalogue"] = json!({"realms": realms, "sub_realms": []});
    vector["valid"] = json!(false);
    vector["violations"] = json!([{"pointer": "/realms/0", "rule": "blank"}]);
    contract.files.insert("vectors/invalid/unknown.json".to_owned(), vector);
}
