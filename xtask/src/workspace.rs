//! Where the workspace lies.

use std::path::{Path, PathBuf};

/// The workspace's folder: the parent of this package's.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}
