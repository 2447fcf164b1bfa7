//! Why the HTTP client found no certificate authorities on this machine.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;

/// What is wrong with the store of authorities, with the remedy, where this is why the HTTP client could not be built.
pub(crate) fn missing(error: &reqwest::Error) -> Option<String> {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    let mut tls = causes.filter_map(|cause| cause.downcast_ref::<rustls::Error>());
    // The platform's verifier reports this in general words. Where it looked follows from the variables that it reads.
    tls.any(|error| matches!(error, rustls::Error::General(_)))
        .then(|| describe(env::var_os("SSL_CERT_FILE").as_deref(), env::var_os("SSL_CERT_DIR").as_deref()))
}

/// Reads the two variables as the verifier does: where one is set, the verifier ignores the machine's own store.
fn describe(file: Option<&OsStr>, folders: Option<&OsStr>) -> String {
    let folders: Vec<_> = folders.map(|folders| env::split_paths(folders).collect()).unwrap_or_default();
    let folders = folders.iter().filter(|folder| !folder.as_os_str().is_empty());
    let places: Vec<_> = file
        .map(|path| {
            format!("SSL_CERT_FILE names {}, {}", Path::new(path).display(), in_file(Path::new(path)))
        })
        .into_iter()
        .chain(folders.map(|path| format!("SSL_CERT_DIR names {}, {}", path.display(), in_folder(path))))
        .collect();
    if places.is_empty() {
        "this machine has no store of them: install one (the package ca-certificates, on most Linux systems), or name a PEM \
         file in SSL_CERT_FILE"
            .to_owned()
    } else {
        format!("{}: correct or unset what is named", places.join("; "))
    }
}

fn in_file(path: &Path) -> String {
    match File::open(path).and_then(|file| file.metadata()) {
        Ok(found) if found.is_dir() => "which is a folder and not a file".to_owned(),
        Ok(_) => "which has no certificate in PEM form".to_owned(),
        Err(error) => format!("which cannot be read ({error})"),
    }
}

fn in_folder(path: &Path) -> String {
    match fs::read_dir(path) {
        Ok(_) => "where no file has a certificate in PEM form".to_owned(),
        Err(error) => format!("which cannot be read ({error})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_that_has_no_authorities_is_named() {
        let described = |file: Option<&str>, folders: Option<&str>| {
            describe(file.map(OsStr::new), folders.map(OsStr::new))
        };
        assert!(described(None, None).starts_with("this machine has no store of them: install one"));
        assert!(described(None, Some("")).starts_with("this machine has no store of them"));
        let here = env!("CARGO_MANIFEST_DIR");
        let manifest = format!("{here}/Cargo.toml");
        let no_file = "/no/such/file";
        for (file, folders, words) in [
            (Some(no_file), None, "SSL_CERT_FILE names /no/such/file, which cannot be read ("),
            (
                Some(manifest.as_str()),
                None,
                "Cargo.toml, which has no certificate in PEM form: correct or unset",
            ),
            (Some(here), None, "which is a folder and not a file"),
            (Some(""), None, "SSL_CERT_FILE names , which cannot be read ("),
            (None, Some(no_file), "SSL_CERT_DIR names /no/such/file, which cannot be read ("),
            (None, Some(here), "where no file has a certificate in PEM form"),
            (Some(no_file), Some(here), "); SSL_CERT_DIR names "),
        ] {
            let text = described(file, folders);
            assert!(text.contains(words), "{text}");
        }
    }
}
