//! Starts the stub as a user of another language does: by the command, which prints its address.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Stdio};

use xtask_run::process::cargo;

/// Why the stub did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StubError {
    #[error("could not run `cloudlx stub`")]
    Run(#[source] io::Error),
    #[error(
        "expected `listening on http://…` from `cloudlx stub`, found {found:?}: see its output above, and try \
         `cargo run -- stub`"
    )]
    NoAddress { found: String },
}

/// A stub that runs until it is dropped.
pub(crate) struct Stub {
    process: Child,
    base_url: String,
}

impl Stub {
    /// Starts one on a free port.
    pub(crate) fn start() -> Result<Self, StubError> {
        let arguments =
            ["run", "--quiet", "--package", "cloudlx-cli", "--", "stub", "--listen", "127.0.0.1:0"];
        // How to get a token is printed on stderr, for people.
        let process = cargo(&arguments).stdout(Stdio::piped()).spawn().map_err(StubError::Run)?;
        let mut stub = Self { process, base_url: String::new() };
        let mut found = String::new();
        if let Some(stdout) = stub.process.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut found).map_err(StubError::Run)?;
        }
        match found.trim_end().strip_prefix("listening on ") {
            Some(base_url) => base_url.clone_into(&mut stub.base_url),
            None => return Err(StubError::NoAddress { found }),
        }
        Ok(stub)
    }

    /// Its base URL.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        // It may have ended already. On Unix, cargo has replaced itself by the stub.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
