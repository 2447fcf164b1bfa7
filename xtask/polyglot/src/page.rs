//! `cargo xtask page`: tests the stub's page in a headless browser, and checks the library that the page ships.
//!
//! The folder `browser` has the pinned packages and the tests. It is copied to `target/browser` and installed there. The tests
//! write screenshots to `target/page`.

mod vendor;

use std::path::PathBuf;
use std::{env, fs, io};

use xtask_run::install::{self, InstallError};
use xtask_run::process::{self, ProcessError, command};
use xtask_run::{program, workspace};

/// The names of Chromium's program.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Why the page could not be tested, or failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(transparent)]
    Vendor(#[from] vendor::VendorError),
    #[error(transparent)]
    Program(#[from] program::ProgramError),
    #[error(
        "expected Chromium on the path, or the variable CHROMIUM to name it, found neither: install it (on Debian \
         `apt-get install chromium`)"
    )]
    NoBrowser,
    #[error("could not make the folder {}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("the page does not do what it should")]
    Tests(#[source] ProcessError),
}

/// Runs the tests; or, with `vendor`, copies the library from npm and runs none.
pub(crate) fn run(vendor: bool) -> Result<(), PageError> {
    let root = workspace::root();
    let folder = root.join("target/browser");
    let browser = root.join("xtask/polyglot/browser");
    install::node()?;
    install::create(&folder)?;
    install::copy_folder(&browser.join("tests"), &folder.join("tests"))?;
    install::npm(&browser, &folder)?;
    if vendor {
        return Ok(vendor::write(&folder)?);
    }
    vendor::check(&folder)?;
    let screenshots = root.join("target/page");
    fs::create_dir_all(&screenshots)
        .map_err(|source| PageError::Folder { path: screenshots.clone(), source })?;
    let chromium = env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| on_the_path(&BROWSERS));
    let mut tests = command("node", &["--test", "--test-reporter=spec", "tests/"]);
    tests
        .current_dir(&folder)
        .env("CLOUDLX", program::build(false, &folder)?)
        .env("CHROMIUM", chromium.ok_or(PageError::NoBrowser)?)
        .env("SCREENSHOTS", &screenshots);
    process::run(&mut tests).map_err(PageError::Tests)?;
    println!("screenshots are in {}", screenshots.display());
    Ok(())
}

fn on_the_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<_> = env::split_paths(&path).collect();
    let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}
