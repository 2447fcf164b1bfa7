//! Mock servers of other languages, where they are installed. They serve our OpenAPI document, and log as little as they can.

use std::env;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use crate::running::Running;

/// Says where npm installed them; `cargo xtask bench --peers` sets it.
const VARIABLE: &str = "BENCH_PEERS";

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/v1/openapi.json");

/// A mock server.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// How many times as many creates a second of one core ours is to answer.
    pub(crate) creates: f64,
    program: PathBuf,
    arguments: &'static [&'static str],
}

impl Peer {
    /// All that are to be measured.
    pub(crate) fn installed() -> Vec<Self> {
        let Some(folder) = env::var_os(VARIABLE) else { return Vec::new() };
        let programs = PathBuf::from(folder).join("node_modules/.bin");
        let prism = Self {
            name: "Prism, which checks the request and answers an example",
            creates: 60.0,
            program: programs.join("prism"),
            arguments: &["mock", DOCUMENT, "--verboseLevel", "silent", "--host", "127.0.0.1", "--port"],
        };
        let mockoon = Self {
            name: "Mockoon, which answers from the schema",
            creates: 100.0,
            program: programs.join("mockoon-cli"),
            arguments: &[
                "start",
                "--data",
                DOCUMENT,
                "--disable-log-to-file",
                "--disable-admin-api",
                "--hostname",
                "127.0.0.1",
                "--port",
            ],
        };
        vec![prism, mockoon]
    }

    /// Starts one, and gives it back when it listens.
    pub(crate) fn start(&self) -> Running {
        let port = free_port();
        let mut command = Command::new(&self.program);
        Running::at(format!("127.0.0.1:{port}"), command.args(self.arguments).arg(port.to_string()))
    }
}

/// One that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
