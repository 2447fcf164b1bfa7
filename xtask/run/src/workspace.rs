//! The folder of the workspace.

use std::path::{Path, PathBuf};

/// The workspace's folder, two above this package's.
#[must_use]
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}
