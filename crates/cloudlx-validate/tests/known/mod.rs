//! The realms and sub-realms that exist.

use cloudlx_validate::Catalogue;

/// What the rules' examples take for granted.
pub(crate) fn catalogue() -> Catalogue {
    Catalogue::from_json(
        br#"{"realms": [{"id": 1, "name": "A", "description": null}, {"id": 2, "name": "B", "description": null},
                        {"id": 7, "name": "C", "description": null}],
             "sub_realms": [{"id": 313, "name": "D", "description": null}, {"id": 328, "name": "E", "description": null}]}"#,
    )
    .expect("a catalogue")
}
