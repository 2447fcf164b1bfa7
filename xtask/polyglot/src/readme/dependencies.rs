//! Whether the Rust of a page uses only what the page's TOML depends on. That it compiles is shown by its doc-test.

use std::collections::BTreeSet;

use super::steps::blocks;

/// What is there without a dependency.
const ALWAYS: [&str; 4] = ["std", "core", "alloc", "crate"];

/// The crates that Rust on `page` uses and no TOML before it names.
pub(crate) fn undeclared(page: &str) -> BTreeSet<&str> {
    let mut declared = BTreeSet::new();
    let mut undeclared = BTreeSet::new();
    for block in blocks(page) {
        if block.language == "toml" {
            let names = block.text.lines().filter_map(|line| line.split_once(" = "));
            declared.extend(names.map(|(name, _)| name.replace('-', "_")));
        } else if block.language == "rust" {
            let imported: BTreeSet<_> = block.text.lines().flat_map(imported_by).collect();
            let used = block.text.lines().flat_map(used_in).filter(|name| !imported.contains(name));
            undeclared.extend(used.filter(|name| !ALWAYS.contains(name) && !declared.contains(*name)));
        }
    }
    undeclared
}

/// The first names of the paths in a line. Types begin with a capital letter; methods follow a dot.
fn used_in(line: &str) -> impl Iterator<Item = &str> {
    let ends = line.match_indices("::").map(|(at, _)| at);
    let firsts = ends.filter_map(|end| {
        let before = line.get(..end)?;
        let start = before.rfind(|it: char| !it.is_alphanumeric() && it != '_').map_or(0, |at| at + 1);
        (!before.get(..start)?.ends_with(['.', ':'])).then(|| before.get(start..)).flatten()
    });
    firsts.filter(|name| name.starts_with(|it: char| it.is_lowercase()))
}

/// The names that a `use` brings in, such as `report` in `use a::report::{self}`: paths may begin with them as well.
fn imported_by(line: &str) -> impl Iterator<Item = &str> {
    let path = line.trim_start().strip_prefix("use ").unwrap_or_default();
    path.split(|it: char| !it.is_alphanumeric() && it != '_').skip(1)
}

#[cfg(test)]
mod tests {
    use super::undeclared;

    #[test]
    fn what_the_toml_lacks_is_named() {
        let page = "\n```toml\n[dependencies]\ncloudlx-client = { path = \"x\" }\ntokio = \"1\"\n```\n\n```rust\nuse std::io;\nuse cloudlx_client::Client;\nuse serde_json::json;\nuse tokio::time::{self};\n#[tokio::main]\nasync fn main() { Some(cloudlx_model::x::y(String::new()).z::<u8>()); time::now(); }\n```\n";
        assert_eq!(undeclared(page).into_iter().collect::<Vec<_>>(), ["cloudlx_model", "serde_json"]);
    }
}
