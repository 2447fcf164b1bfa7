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
            let used = block.text.lines().flat_map(used_in);
            undeclared.extend(used.filter(|name| !ALWAYS.contains(name) && !declared.contains(*name)));
        }
    }
    undeclared
}

/// The crates that a line names: first in `use` and in attributes, and ours wherever they stand.
fn used_in(line: &str) -> Vec<&str> {
    let line = line.trim_start();
    let first =
        line.strip_prefix("use ").or_else(|| line.strip_prefix("#[")).and_then(|path| path.split_once("::"));
    let ours =
        line.split(|it: char| !it.is_alphanumeric() && it != '_').filter(|word| word.starts_with("cloudlx_"));
    first.map(|(name, _)| name).into_iter().chain(ours).collect()
}

#[cfg(test)]
mod tests {
    use super::undeclared;

    #[test]
    fn what_the_toml_lacks_is_named() {
        let page = "\n```toml\n[dependencies]\ncloudlx-client = { path = \"x\" }\ntokio = \"1\"\n```\n\n```rust\nuse std::io;\nuse cloudlx_client::Client;\nuse serde_json::json;\n#[tokio::main]\nasync fn main() { cloudlx_model::x() }\n```\n";
        assert_eq!(undeclared(page).into_iter().collect::<Vec<_>>(), ["cloudlx_model", "serde_json"]);
    }
}
