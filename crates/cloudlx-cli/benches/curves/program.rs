//! The program as users start it, and what memory it takes.

use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use cloudlx_model::{AccessTokenRequest, Endpoint as _};
use serde_json::Value;

/// The program, which finds nothing in its environment.
pub(crate) fn cloudlx(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
    command.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// A stub in a process of its own.
pub(crate) struct StubProcess {
    child: Child,
    /// Of its port.
    pub(crate) address: String,
}

impl StubProcess {
    pub(crate) fn start() -> Self {
        let mut child = cloudlx(&["stub", "--keep-requests", "0"]).spawn().expect("cloudlx starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
        let address = first.trim_end().strip_prefix("listening on http://").expect("an address").to_owned();
        Self { child, address }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).expect("it listens")
    }

    pub(crate) fn token(&self) -> String {
        let query = "grant_type=client_credentials&client_id=stub&client_secret=stub";
        let mut connection = self.connect();
        let path = AccessTokenRequest::PATH;
        write!(connection, "POST {path}?{query} HTTP/1.0\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("it answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
        let token: Value = serde_json::from_str(body).expect("JSON");
        token.get("access_token").and_then(Value::as_str).expect("a token").to_owned()
    }
}

impl Drop for StubProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The most memory that a process took, in MiB, since it began or since [`forget_peak`]; none when it has ended.
pub(crate) fn peak_memory(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = peak.split_whitespace().next().and_then(|number| number.parse().ok())?;
    Some(kibibytes / 1024.0)
}

/// Lets what a process takes now be the most that it took.
pub(crate) fn forget_peak(process: u32) {
    fs::write(format!("/proc/{process}/clear_refs"), "5").expect("Linux forgets it");
}
