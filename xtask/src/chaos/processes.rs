//! The two processes of a world: the stub, which keeps its port and its state when it is started again, and the import.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::chaos::faults;

/// How often a stub is started before it counts as broken: its port may be taken while it is down.
const STARTS: usize = 50;

/// A running stub; it is killed when it is dropped.
pub(crate) struct Stub<'a> {
    cloudlx: &'a Path,
    folder: &'a Path,
    seed: u64,
    latest_commit: Duration,
    process: Child,
    /// Kept open: the stub says more than its first line.
    #[allow(dead_code, reason = "dropping it would close it")]
    stdout: BufReader<ChildStdout>,
    /// Where it listens, from the first start on.
    address: String,
    starts: u64,
    /// The faults that it injected, before its last start.
    injected: u64,
}

impl<'a> Stub<'a> {
    /// Starts the stub on a port that is free, with its state and its faults in `folder`.
    pub(crate) fn start(
        cloudlx: &'a Path,
        folder: &'a Path,
        seed: u64,
        latest_commit: Duration,
    ) -> io::Result<Self> {
        let (process, stdout, address) = start(cloudlx, folder, seed, 0, latest_commit, "127.0.0.1:0")?;
        Ok(Self { cloudlx, folder, seed, latest_commit, process, stdout, address, starts: 1, injected: 0 })
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Fails when it has ended without being killed.
    pub(crate) fn check(&mut self) -> io::Result<()> {
        match self.process.try_wait()? {
            None => Ok(()),
            Some(status) => Err(io::Error::other(format!("the stub ended by itself with {status}"))),
        }
    }

    /// Kills it, as `kill -9` does.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.injected += self.counted();
        self.process.kill()?;
        self.process.wait().map(drop)
    }

    /// Starts it again where it was, with other faults of the same world.
    pub(crate) fn restart(&mut self) -> io::Result<()> {
        let mut last = io::Error::other("it was not started");
        for _ in 0..STARTS {
            match start(self.cloudlx, self.folder, self.seed, self.starts, self.latest_commit, &self.address)
            {
                Ok((process, stdout, _)) => {
                    (self.process, self.stdout) = (process, stdout);
                    self.starts += 1;
                    return Ok(());
                }
                Err(error) => last = error,
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(last)
    }

    /// How many faults it has injected, as far as it could be asked before it was killed.
    pub(crate) fn injected(&self) -> u64 {
        self.injected + self.counted()
    }

    /// What it counts since its last start.
    fn counted(&self) -> u64 {
        let asked = || -> Option<Value> {
            let url = format!("{}/__stub/faults", self.base_url());
            let text = ureq::get(url).call().ok()?.into_body().read_to_string().ok()?;
            serde_json::from_str(&text).ok()
        };
        // A fault may hit the connection that asks.
        let report = (0..20).find_map(|_| asked()).unwrap_or_default();
        let lists = ["connections", "requests"].into_iter().filter_map(|list| report.get(list)?.as_array());
        lists.flatten().filter_map(|fault| fault.get("hit")?.as_u64()).sum()
    }
}

impl Drop for Stub<'_> {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(
    cloudlx: &Path,
    folder: &Path,
    seed: u64,
    start: u64,
    latest_commit: Duration,
    listen: &str,
) -> io::Result<(Child, BufReader<ChildStdout>, String)> {
    let faults = folder.join(format!("faults.{start}.json"));
    fs::write(&faults, faults::schedule(seed, start, latest_commit).to_string())?;
    let mut process = Command::new(cloudlx)
        .args(["stub", "--control", "--listen", listen, "--state"])
        .arg(folder.join("stub.db"))
        .arg("--faults")
        .arg(faults)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log(&folder.join("stub.log"))?)
        .spawn()?;
    let stdout = process.stdout.take().ok_or_else(|| io::Error::other("the stub has no stdout"))?;
    let (mut stdout, mut line) = (BufReader::new(stdout), String::new());
    stdout.read_line(&mut line)?;
    if let Some(address) = line.trim_end().strip_prefix("listening on http://") {
        return Ok((process, stdout, address.to_owned()));
    }
    process.kill()?;
    process.wait()?;
    Err(io::Error::other(format!("the stub said {line:?}; see {}", folder.join("stub.log").display())))
}

/// Where the import reads and writes.
pub(crate) struct Import<'a> {
    pub(crate) cloudlx: &'a Path,
    pub(crate) folder: &'a Path,
    pub(crate) base_url: String,
    pub(crate) concurrency: u32,
    pub(crate) settle: Duration,
}

impl Import<'_> {
    pub(crate) fn input(&self) -> PathBuf {
        self.folder.join("rows.ndjson")
    }

    pub(crate) fn report(&self) -> PathBuf {
        self.folder.join("report.ndjson")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("import.log")
    }

    /// Starts a run.
    pub(crate) fn start(&self) -> io::Result<Child> {
        self.cloudlx()
            .arg("import")
            .arg(self.input())
            .arg("--journal")
            .arg(self.folder.join("journal.db"))
            .arg("--report")
            .arg(self.report())
            .args(["--allow-equal-rows", "--timeout", "400ms", "--format", "json"])
            .args(["--concurrency", &self.concurrency.to_string()])
            .args(["--settle", &format!("{}ms", self.settle.as_millis())])
            .stdout(log(&self.log())?)
            .stderr(log(&self.log())?)
            .spawn()
    }

    /// Creates a customer as somebody else would, and says whether it may be there: it is asked once.
    pub(crate) fn create_beside(&self, request: &Value, number: usize) -> io::Result<bool> {
        let file = self.folder.join(format!("foreign.{number}.json"));
        fs::write(&file, request.to_string())?;
        let mut create = self.cloudlx();
        create.args(["customers", "create"]).arg(file).stdout(Stdio::null()).stderr(log(&self.log())?);
        Ok(matches!(create.status()?.code(), Some(0 | 5)))
    }

    fn cloudlx(&self) -> Command {
        let mut command = Command::new(self.cloudlx);
        command
            .stdin(Stdio::null())
            .env("CLOUDLX_BASE_URL", &self.base_url)
            .env("CLOUDLX_CLIENT_ID", "stub")
            .env("CLOUDLX_CLIENT_SECRET", "stub")
            .env_remove("CLOUDLX_ACCESS_TOKEN")
            .env("NO_PROXY", "*");
        command
    }
}

/// How a process ended, within `limit`; none when it still runs.
pub(crate) fn wait(process: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let end = std::time::Instant::now() + limit;
    loop {
        if let Some(status) = process.try_wait()? {
            return Ok(Some(status));
        }
        if std::time::Instant::now() >= end {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn log(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}
