//! A server in a process of its own, its token, and the memory that a process takes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use cloudlx_model::{AccessTokenRequest, Endpoint as _};
use serde_json::Value;

/// It runs until this is dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    /// Of its port.
    pub(crate) address: String,
}

impl Process {
    /// A server that prints `listening on http://…` as its first line.
    pub(crate) fn that_says_where(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
        let address = first.trim_end().strip_prefix("listening on http://").expect("an address").to_owned();
        Self { child, address }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a stub is asked for a token, with what it knows its caller by.
pub(crate) fn token_target() -> String {
    format!("{}?grant_type=client_credentials&client_id=stub&client_secret=stub", AccessTokenRequest::PATH)
}

/// The token of an answer's body, where there is one.
pub(crate) fn token_in(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    answer.get("access_token").and_then(Value::as_str).map(str::to_owned)
}

/// What `/proc/…/status` says behind a word, in MiB; none when the process has ended.
pub(crate) fn mebibytes(process: u32, word: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(word))?;
    let kibibytes: f64 = line.split_whitespace().next().and_then(|number| number.parse().ok())?;
    Some(kibibytes / 1024.0)
}
