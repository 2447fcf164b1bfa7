//! The program as users start it, and what memory it takes.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::process::{Process, mebibytes, token_in, token_target};

/// The program, which finds nothing in its environment.
pub(crate) fn cloudlx(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
    command.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// A stub in a process of its own.
pub(crate) struct StubProcess(Process);

impl StubProcess {
    pub(crate) fn start() -> Self {
        Self(Process::that_says_where(&mut cloudlx(&["stub", "--keep-requests", "0"])))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.child.id()
    }

    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address()).expect("it listens")
    }

    pub(crate) fn token(&self) -> String {
        let mut connection = self.connect();
        write!(connection, "POST {} HTTP/1.0\r\n\r\n", token_target()).expect("it reads");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("it answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
        token_in(body.as_bytes()).expect("a token")
    }
}

/// The most memory that a process took, in MiB, since it began or since [`forget_peak`]; none when it has ended.
pub(crate) fn peak_memory(process: u32) -> Option<f64> {
    mebibytes(process, "VmHWM:")
}

/// Lets what a process takes now be the most that it took.
pub(crate) fn forget_peak(process: u32) {
    fs::write(format!("/proc/{process}/clear_refs"), "5").expect("Linux forgets it");
}
