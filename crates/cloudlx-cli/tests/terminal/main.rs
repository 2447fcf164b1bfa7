//! What the program shows people, whatever comes from outside: the law, and how much of other people's data it shows.
#![cfg(unix)]
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod advice;
mod bodies;
mod one_place;
mod printers;
mod secrets;
mod server;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What of the environment the program reads.
const VARIABLES: [&str; 8] = [
    "CLOUDLX_BASE_URL",
    "CLOUDLX_ACCESS_TOKEN",
    "CLOUDLX_ACCESS_TOKEN_FILE",
    "CLOUDLX_CLIENT_ID",
    "CLOUDLX_CLIENT_SECRET",
    "CLOUDLX_CLIENT_SECRET_FILE",
    "CLOUDLX_STUB_CLIENTS",
    "CLOUDLX_STUB_CONTROL_TOKEN",
];

/// `cloudlx` with these arguments, in this folder.
fn cloudlx<A: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1");
    for name in VARIABLES {
        command.env_remove(name);
    }
    command
}

/// With the API there, and credentials.
fn at(base_url: &str, mut command: Command) -> Command {
    command.env("CLOUDLX_BASE_URL", base_url);
    command.env("CLOUDLX_CLIENT_ID", "client").env("CLOUDLX_CLIENT_SECRET", "s3cr3t-of-the-client");
    command
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("text")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("text")
}

fn run(mut command: Command) -> Output {
    command.output().expect("it runs")
}
