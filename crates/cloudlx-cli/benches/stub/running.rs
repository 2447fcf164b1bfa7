//! A server in a process of its own, and what that process has used.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use cloudlx_model::{AccessTokenRequest, Endpoint as _};
use serde_json::Value;

use crate::caller::{Connection, request};

/// It runs until this is dropped.
pub(crate) struct Running {
    child: Child,
    address: String,
}

impl Running {
    /// A stub as users start it.
    pub(crate) fn stub() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
        Self::that_says_where(command.arg("stub").env_remove("CLOUDLX_STUB_CLIENTS"))
    }

    /// A server that prints `listening on http://…` as its first line.
    pub(crate) fn that_says_where(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
        let address = first.trim_end().strip_prefix("listening on http://").expect("an address").to_owned();
        Self { child, address }
    }

    /// A server that was told where to listen, and does so after a while.
    pub(crate) fn at(address: String, command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut running = Self { child: command.spawn().expect("it starts"), address };
        while Connection::to(&running.address).is_err() {
            let ended = running.child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "expected {command:?} to listen, found that it {}", ended.unwrap());
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        running
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::to(&self.address).expect("it listens")
    }

    /// What comes of asking for a token: the first answer of any server, and of the stub one that holds a token.
    pub(crate) fn first_answer(&self) -> (u16, Vec<u8>) {
        let query = "grant_type=client_credentials&client_id=stub&client_secret=stub";
        let target = format!("{}?{query}", AccessTokenRequest::PATH);
        self.connect().ask(&request("POST", &target, "", ""))
    }

    /// A token, where the server gives one; elsewhere a text as long.
    pub(crate) fn token(&self) -> String {
        let (_, body) = self.first_answer();
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        answer.get("access_token").and_then(Value::as_str).map_or_else(|| "0".repeat(40), str::to_owned)
    }

    /// The CPU time that all threads of the process have taken so far, in seconds. Programs that run beside it do not add to it.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let threads = fs::read_dir(self.of_the_process("task")).expect("Linux has it");
        let nanoseconds = threads.map(|thread| {
            // A thread that has ended since was none that serves.
            let text =
                fs::read_to_string(thread.expect("a thread").path().join("schedstat")).unwrap_or_default();
            text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
        });
        nanoseconds.sum::<f64>() / 1e9
    }

    /// The most memory that the process has had so far, in MiB.
    pub(crate) fn peak_mebibytes(&self) -> f64 {
        kibibytes(self.of_the_process("status"), "VmHWM:") / 1024.0
    }

    fn of_the_process(&self, file: &str) -> PathBuf {
        format!("/proc/{}/{file}", self.child.id()).into()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number behind a word in a file about a process.
pub(crate) fn kibibytes(file: PathBuf, word: &str) -> f64 {
    let text = fs::read_to_string(file).expect("Linux has it");
    let line = text.lines().find_map(|line| line.strip_prefix(word)).expect("a line with the word");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
}
