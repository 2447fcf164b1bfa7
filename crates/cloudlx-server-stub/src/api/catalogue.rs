//! The realms and sub-realms that the stub has: built in, or from a file.

use std::path::{Path, PathBuf};

use cloudlx_validate::{Catalogue, CatalogueError};

/// The catalogue that a stub has unless it is given another: the realms and sub-realms of the page's sample.
///
/// Realms 1, 2 (`Networking`) and 7 (`Voice`), sub-realms 313 (`SD WAN`) and 328 (`Cloud SBC & Conversion`). Names and
/// descriptions are the page's, but for realm 1: the page asks for it and never shows it, so its name is made up here.
///
/// # Errors
///
/// None that the tests of this crate let pass: the text is part of the crate.
pub fn built_in() -> Result<Catalogue, CatalogueError> {
    Catalogue::from_json(include_bytes!("../../catalogue.json"))
}

/// Reads a catalogue from a file: `{"realms": [{id, name, description}], "sub_realms": [{id, name, description}]}`.
///
/// # Errors
///
/// When the file cannot be read, or holds something else.
pub fn from_file(path: impl AsRef<Path>) -> Result<Catalogue, CatalogueFileError> {
    let path = path.as_ref();
    let bytes =
        std::fs::read(path).map_err(|source| CatalogueFileError::Read { path: path.into(), source })?;
    Catalogue::from_json(&bytes).map_err(|source| CatalogueFileError::Content { path: path.into(), source })
}

/// Why a file cannot be used as a catalogue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueFileError {
    /// The file cannot be read.
    #[error("could not read the catalogue {}: check that it is there and may be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a catalogue.
    #[error("could not use the catalogue {}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        source: CatalogueError,
    },
}

#[cfg(test)]
mod tests {
    use cloudlx_model::{RealmId, SubRealmId};

    use super::*;

    #[test]
    fn the_built_in_catalogue_has_what_the_sample_asks_for() {
        let catalogue = built_in().unwrap();
        for id in [1, 2, 7] {
            assert!(catalogue.realm(RealmId(id)).is_some(), "realm {id}");
        }
        for id in [313, 328] {
            assert!(catalogue.sub_realm(SubRealmId(id)).is_some(), "sub-realm {id}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = from_file("no/such/catalogue.json").unwrap_err();
        assert!(error.to_string().contains("no/such/catalogue.json"), "{error}");
    }
}
