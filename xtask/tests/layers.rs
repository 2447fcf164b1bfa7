//! Imports go one way: between the folders of a crate as the tables here allow, and never in a circle of files.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and its names say what it shows"
)]

#[path = "layers/imports.rs"]
mod imports;
#[path = "layers/tables.rs"]
mod tables;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use imports::Imports;
use tables::{CLIENT, COMMAND_LINE, IMPORT, Layer, STUB};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The folder below `src` that a file stands in; for a file directly in `src`, its name without the ending.
fn layer_of(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// What is wrong with the imports of a crate, as its table has it.
fn faults(imports: &Imports, table: &[Layer]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut needed = BTreeSet::new();
    for (file, imported) in imports.files() {
        let from = layer_of(file);
        let Some((_, allowed)) = table.iter().find(|(name, _)| *name == from) else {
            faults.push(format!("{file}: the table has no row for {from}"));
            continue;
        };
        for other in imported {
            let to = layer_of(other);
            if to == from {
                continue;
            }
            needed.insert((from, to));
            if !allowed.contains(&to) {
                faults.push(format!("{file} imports {other}: {from} may not use {to}"));
            }
        }
    }
    for (place, (from, allowed)) in table.iter().enumerate() {
        for to in *allowed {
            if !table[place + 1..].iter().any(|(below, _)| below == to) {
                faults.push(format!("the table allows {from} to use {to}, which does not stand below it"));
            }
            if !needed.contains(&(from, to)) {
                faults.push(format!("the table allows {from} to use {to}, which no file does"));
            }
        }
    }
    faults
}

fn hold(name: &str, table: &[Layer]) {
    let imports = Imports::read(&root().join("crates").join(name).join("src"));
    let faults = faults(&imports, table);
    assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
}

#[test]
fn the_stub_imports_downwards() {
    hold("cloudlx-server-stub", STUB);
}

#[test]
fn the_client_imports_downwards() {
    hold("cloudlx-client", CLIENT);
}

#[test]
fn the_import_imports_downwards() {
    hold("cloudlx-import", IMPORT);
}

#[test]
fn the_command_line_imports_downwards() {
    hold("cloudlx-cli", COMMAND_LINE);
}

/// The folders of all packages.
fn packages() -> Vec<PathBuf> {
    let (mut packages, mut open) = (Vec::new(), vec![root().join("crates"), root().join("xtask")]);
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        open.extend(
            entries.filter(|path| path.is_dir() && !path.ends_with("src") && !path.ends_with("node_modules")),
        );
        if folder.join("Cargo.toml").exists() && folder.join("src").exists() {
            packages.push(folder);
        }
    }
    packages
}

/// The generated tables use the types of the rows, which look themselves up in them.
const ALLOWED_CIRCLES: [[&str; 2]; 2] =
    [["iso/country.rs", "iso/country_table.rs"], ["iso/currency.rs", "iso/currency_table.rs"]];

#[test]
fn no_files_import_each_other_in_a_circle() {
    let packages = packages();
    assert!(packages.len() > 14, "{packages:?}");
    let mut found = Vec::new();
    for package in packages {
        let imports = Imports::read(&package.join("src"));
        for circle in imports.circles() {
            if !ALLOWED_CIRCLES.iter().any(|allowed| circle.iter().eq(allowed)) {
                found.push(format!("{}: {}", package.display(), imports.within(&circle)));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_reader_sees_every_way_to_import() {
    let lib = "mod a; mod b; mod c; mod d; mod e; pub use a::One; pub use c::Three as Third;";
    let imports = Imports::of_texts(&[
        ("lib.rs", lib),
        ("a.rs", "use crate::{One, b::{Two as Second, *}}; pub struct One;"),
        ("b.rs", "pub struct Two; fn f() { vec![super::Third; 1]; }"),
        (
            "c.rs",
            "#[cfg(test)] mod tests { use crate::a::One; } pub struct Three; fn f() -> impl Into<crate::d::Four> {}",
        ),
        ("d.rs", "pub(crate) use crate::e::Five; pub struct Four;"),
        (
            "e.rs",
            "use crate::d::Five as Same; /// [`crate::a`]\npub struct Five; fn f() { std::mem::take(x) }",
        ),
    ]);
    let seen: Vec<_> = imports
        .files()
        .map(|(file, imported)| (file, imported.iter().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    let expected = [
        ("a.rs", vec!["b.rs"]),
        ("b.rs", vec!["c.rs"]),
        ("c.rs", vec!["d.rs"]),
        // It passes `Five` on, and does not use it.
        ("d.rs", vec![]),
        ("e.rs", vec![]),
        ("lib.rs", vec![]),
    ];
    assert_eq!(seen, expected);
    assert!(imports.circles().is_empty());
}

#[test]
fn arrows_that_no_table_allows_are_seen() {
    let files = [
        ("lib.rs", "mod high; mod low;"),
        ("high.rs", "use crate::low::Low; pub struct High;"),
        ("low.rs", "use crate::high::High; pub struct Low;"),
    ];
    let imports = Imports::of_texts(&files);
    let table: &[Layer] = &[("lib", &[]), ("high", &["low"]), ("low", &[])];
    assert_eq!(faults(&imports, table), ["low.rs imports high.rs: low may not use high"]);
    assert_eq!(imports.circles(), [BTreeSet::from(["high.rs", "low.rs"])]);
    let unused: &[Layer] = &[("lib", &["low"]), ("high", &["low"]), ("low", &["high"])];
    assert_eq!(
        faults(&imports, unused),
        [
            "the table allows lib to use low, which no file does",
            "the table allows low to use high, which does not stand below it",
        ]
    );
}
