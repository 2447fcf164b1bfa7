//! The customers of a world: names that servers tend to rewrite, equal rows, and partly equal rows.

use serde_json::{Map, Value, json};

use crate::world::random::Random;

/// The requests of the world of `seed`.
pub(crate) fn for_world(seed: u64, count: usize, random: &mut Random) -> Vec<Value> {
    // Some worlds have equal rows, which their content cannot tell apart. Some have rows with the same name that differ in
    // fields that the list shows, or in fields that it does not show.
    let equal_one_in = if random.one_in(4) { 50 } else { 0 };
    let alike_one_in = if random.one_in(3) { 50 } else { 0 };
    let mut rows: Vec<Value> = Vec::with_capacity(count);
    while rows.len() < count {
        let mut earlier = |one_in: usize| {
            let is = one_in > 0 && random.one_in(one_in);
            is.then(|| random.below(rows.len())).and_then(|index| rows.get(index).cloned())
        };
        let row = match (earlier(equal_one_in), earlier(alike_one_in)) {
            (Some(equal), _) => equal,
            (None, Some(other)) => alike(other, rows.len(), random),
            (None, None) => row(seed, rows.len(), random),
        };
        rows.push(row);
    }
    rows
}

/// A request that no row equals.
pub(crate) fn nobodys(seed: u64, number: usize) -> Value {
    json!({
        "name": format!("Nobody's {number} of world {seed}"),
        "currency_iso": "EUR",
        "country_iso": "DE",
        "realms": [2],
        "role_group": "Admin",
    })
}

fn row(seed: u64, index: usize, random: &mut Random) -> Value {
    let (shown, enabled) =
        [(json!([]), json!([])), (json!([313, 328]), json!([328])), (json!([313]), json!([313]))]
            .get(random.below(3))
            .cloned()
            .unwrap_or_default();
    let (currency, country) =
        [("GBP", "GB"), ("EUR", "HR"), ("XCG", "CW")].get(random.below(3)).copied().unwrap_or(("GBP", "GB"));
    let realms =
        [json!([1, 2, 7]), json!([1]), json!([7, 2])].get(random.below(3)).cloned().unwrap_or_default();
    let mut row = json!({
        "name": name(seed, index, random),
        "currency_iso": currency,
        "country_iso": country,
        "realms": realms,
        "shown_sub_realms": shown,
        "enabled_sub_realms": enabled,
    });
    if let Some(row) = row.as_object_mut() {
        first_user(row, index, random);
    }
    row
}

/// Fields that no response shows; each is missing in some rows.
fn first_user(row: &mut Map<String, Value>, index: usize, random: &mut Random) {
    let fields = [
        ("email", format!("user{index}@example.com")),
        (
            "first_name",
            ["Anna", "Zoë", "Jean-Luc"].get(random.below(3)).copied().unwrap_or_default().to_owned(),
        ),
        ("last_name", format!("O'Neil, {index}")),
        ("role_group", ["Admin", "Viewer"].get(random.below(2)).copied().unwrap_or_default().to_owned()),
    ];
    for (field, value) in fields {
        if !random.one_in(4) {
            row.insert(field.to_owned(), value.into());
        }
    }
}

/// A row with the name of another row and one field that differs.
fn alike(mut other: Value, index: usize, random: &mut Random) -> Value {
    let (field, value) = match random.below(4) {
        0 => ("currency_iso", "CHF".to_owned()),
        1 => ("country_iso", "CH".to_owned()),
        2 => ("last_name", format!("Other {index}")),
        _ => ("email", format!("other{index}@example.com")),
    };
    if let Some(row) = other.as_object_mut() {
        row.insert(field.to_owned(), value.into());
    }
    other
}

fn name(seed: u64, index: usize, random: &mut Random) -> String {
    match random.below(5) {
        0 => format!("Müller & Söhne {index}, of world {seed}"),
        1 => format!("  Zoë  O'Neil {index} <world {seed}> "),
        2 => format!(
            "{index} Honourable Merchants of Ærøskøbing and the Islands to the \"South\" and West of it, world {seed}"
        ),
        3 => format!("Customer {index} \u{1f680} of world {seed}"),
        _ => format!("Customer {index} of world {seed}"),
    }
}
