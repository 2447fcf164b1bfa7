//! The library that draws the page's reference: npm's file, compressed, with the licences of everything in it.
//!
//! The check compares the uncompressed file, since another compressor may write other bytes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Deserialize;

use xtask_run::workspace;

/// The folder of the compressed file.
const KEPT: &str = "crates/cloudlx-server-stub/page/explorer";

const LIBRARY: &str = "openapi-explorer.min.js.gz";

const LICENCES: &str = "LICENSES.txt";

/// The file that npm installs.
const INSTALLED: &str = "node_modules/openapi-explorer/dist/browser/openapi-explorer.min.js";

/// Why the library could not be copied, or differs from npm's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VendorError {
    #[error("could not read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("could not write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("expected a lock file of npm, with `packages`, in {}", path.display())]
    Lock { path: PathBuf, source: serde_json::Error },
    #[error("{} is not what xtask/polyglot/browser/package-lock.json pins: run `cargo xtask page --vendor`", path.display())]
    Stale { path: PathBuf },
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    version: Option<String>,
    license: Option<String>,
    #[serde(default)]
    dev: bool,
}

/// Copies the library that is installed in `folder`.
pub(crate) fn write(folder: &Path) -> Result<(), VendorError> {
    let kept = workspace::root().join(KEPT);
    fs::create_dir_all(&kept).map_err(|source| VendorError::Write { path: kept.clone(), source })?;
    let licences = kept.join(LICENCES);
    fs::write(&licences, licences_in(folder)?)
        .map_err(|source| VendorError::Write { path: licences, source })?;
    let (library, path) = (read(&folder.join(INSTALLED))?, kept.join(LIBRARY));
    if decompressed(&path).is_ok_and(|kept| kept == library) {
        return Ok(());
    }
    let compress = || {
        let mut compressor = GzEncoder::new(File::create(&path)?, Compression::best());
        compressor.write_all(&library)?;
        compressor.finish().map(drop)
    };
    compress().map_err(|source| VendorError::Write { path: path.clone(), source })
}

/// Fails if the library differs from the one that is installed in `folder`.
pub(crate) fn check(folder: &Path) -> Result<(), VendorError> {
    let kept = workspace::root().join(KEPT);
    let path = kept.join(LIBRARY);
    if decompressed(&path)? != read(&folder.join(INSTALLED))? {
        return Err(VendorError::Stale { path });
    }
    let path = kept.join(LICENCES);
    if read(&path)? != licences_in(folder)?.into_bytes() {
        return Err(VendorError::Stale { path });
    }
    Ok(())
}

/// The licences of the library and of all packages that it may be built from.
fn licences_in(folder: &Path) -> Result<String, VendorError> {
    let path = folder.join("package-lock.json");
    let lock: Lock =
        serde_json::from_slice(&read(&path)?).map_err(|source| VendorError::Lock { path, source })?;
    let mut text =
        "openapi-explorer.min.js is OpenAPI Explorer as npm has it, with the packages that it is built of.\n"
            .to_owned();
    for (place, package) in &lock.packages {
        let Some(name) = place.rsplit("node_modules/").next().filter(|name| !name.is_empty()) else {
            continue;
        };
        if package.dev {
            continue;
        }
        let (version, licence) = (package.version.as_deref(), package.license.as_deref());
        let (version, licence) = (version.unwrap_or_default(), licence.unwrap_or("see below"));
        let rule = "-".repeat(80);
        text.extend(["\n", &rule, "\n", name, " ", version, ", ", licence, "\n"]);
        if let Some(words) = licence_of(&folder.join(place))? {
            text.extend(["\n", words.replace("\r\n", "\n").trim_end(), "\n"]);
        }
    }
    Ok(text)
}

/// The text of a package's licence file, where it has one.
fn licence_of(package: &Path) -> Result<Option<String>, VendorError> {
    let failed = |source| VendorError::Read { path: package.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(package).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
        if path.is_file() && (name.starts_with("LICENSE") || name.starts_with("LICENCE")) {
            files.push(path);
        }
    }
    files.sort();
    let Some(path) = files.into_iter().next() else { return Ok(None) };
    Ok(Some(String::from_utf8_lossy(&read(&path)?).into_owned()))
}

fn decompressed(path: &Path) -> Result<Vec<u8>, VendorError> {
    let mut bytes = Vec::new();
    let file = File::open(path).and_then(|file| GzDecoder::new(file).read_to_end(&mut bytes));
    file.map_err(|source| VendorError::Read { path: path.to_owned(), source })?;
    Ok(bytes)
}

fn read(path: &Path) -> Result<Vec<u8>, VendorError> {
    fs::read(path).map_err(|source| VendorError::Read { path: path.to_owned(), source })
}
