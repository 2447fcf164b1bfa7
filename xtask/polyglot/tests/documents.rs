//! What the documents point at is there: links of all pages, and the folders and files of ARCHITECTURE's map.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every page below `folder`, without what is built or installed.
fn pages_below(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if entry.file_type().unwrap().is_dir() {
            if !(name.starts_with('.') || ["target", "node_modules", "vendor"].contains(&&*name)) {
                pages.extend(pages_below(&path));
            }
        } else if path.extension().is_some_and(|it| it == "md") {
            pages.push(path);
        }
    }
    pages
}

#[test]
fn links_within_the_repository_lead_somewhere() {
    let pages = pages_below(&root());
    assert!(pages.len() > 20, "{pages:?}");
    let mut broken = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for (target, _) in text.split("](").skip(1).filter_map(|after| after.split_once(')')) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            if target.contains("://") {
                continue;
            }
            let file = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            if !file.exists() || !(heading.is_empty() || has_heading(&file, heading)) {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Whether a heading of the page has this name in links.
fn has_heading(page: &Path, name: &str) -> bool {
    let text = fs::read_to_string(page).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| line.trim_start_matches('#').trim().to_lowercase()).any(|heading| {
        let kept = heading.chars().filter(|it| it.is_alphanumeric() || [' ', '-', '_'].contains(it));
        kept.collect::<String>().replace(' ', "-") == name
    })
}

#[test]
fn the_map_names_what_is_there() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, map) = page.split_once("\n## Map\n").unwrap();
    let map = map.split("\n## ").next().unwrap();
    let mut named = 0;
    let mut missing = Vec::new();
    // A paragraph or an item begins with its folder, in bold; what it names after that is inside.
    for part in map.split("**crates/").skip(1).map(|part| format!("crates/{part}")) {
        let (folder, text) = part.split_once("**").unwrap();
        let text = text.split("**").next().unwrap();
        for name in text.split('`').skip(1).step_by(2).filter(|it| it.contains(['/', '.'])) {
            named += 1;
            if !root().join(folder).join(name).exists() && !root().join(name).exists() {
                missing.push(format!("{folder}: {name}"));
            }
        }
    }
    assert!(named > 40, "{named}");
    assert!(missing.is_empty(), "{missing:#?}");
}
