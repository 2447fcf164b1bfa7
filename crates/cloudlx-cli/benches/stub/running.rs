//! A server in a process of its own, and what that process has used.

use std::fs;
use std::process::{Command, Stdio};

use crate::caller::{Connection, request};
use crate::process::{Process, mebibytes, token_in, token_target};

/// It runs until this is dropped.
pub(crate) struct Running(Process);

impl Running {
    /// A stub as users start it.
    pub(crate) fn stub() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
        Self::that_says_where(command.arg("stub").env_remove("CLOUDLX_STUB_CLIENTS"))
    }

    /// A server that prints `listening on http://…` as its first line.
    pub(crate) fn that_says_where(command: &mut Command) -> Self {
        Self(Process::that_says_where(command))
    }

    /// A server that was told where to listen, and does so after a while.
    pub(crate) fn at(address: String, command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = Process { child: command.spawn().expect("it starts"), address };
        while Connection::to(&process.address).is_err() {
            let ended = process.child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "expected {command:?} to listen, found that it {}", ended.unwrap());
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        Self(process)
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::to(&self.0.address).expect("it listens")
    }

    /// What comes of asking for a token: the first answer of any server, and of the stub one that holds a token.
    pub(crate) fn first_answer(&self) -> (u16, Vec<u8>) {
        self.connect().ask(&request("POST", &token_target(), "", ""))
    }

    /// A token, where the server gives one; elsewhere a text as long.
    pub(crate) fn token(&self) -> String {
        let (_, body) = self.first_answer();
        token_in(&body).unwrap_or_else(|| "0".repeat(40))
    }

    /// The CPU time that all threads of the process have taken so far, in seconds. Programs that run beside it do not add to it.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let threads = fs::read_dir(format!("/proc/{}/task", self.0.child.id())).expect("Linux has it");
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
        mebibytes(self.0.child.id(), "VmHWM:").expect("it runs")
    }
}
