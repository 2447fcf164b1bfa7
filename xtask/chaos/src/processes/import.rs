//! The import of a world: the command, its files, and its report.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::check::Reported;
use crate::processes::running::{Running, log};
use crate::world::World;

/// An import: where it reads and writes.
pub(crate) struct Import<'a> {
    pub(crate) cloudlx: &'a Path,
    pub(crate) folder: &'a Path,
    pub(crate) world: &'a World,
    pub(crate) base_url: String,
    pub(crate) input: PathBuf,
    /// A file, or the address of a database.
    pub(crate) journal: String,
}

impl Import<'_> {
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("import.log")
    }

    /// Starts a run of the only importer, or of one of several workers.
    pub(crate) fn start(&self, worker: usize) -> io::Result<Running> {
        let World { concurrency, rate, times, .. } = self.world;
        let mut import = self.cloudlx();
        import.arg("import").arg(&self.input).args(["--journal", &self.journal]);
        import.arg("--report").arg(self.report(worker));
        import.args(["--allow-equal-rows", "--format", "json", "--concurrency", &concurrency.to_string()]);
        for (flag, time) in
            [("--timeout", times.timeout), ("--settle", times.settle), ("--lease", times.lease)]
        {
            import.args([flag, &format!("{}ms", time.as_millis())]);
        }
        if let Some(rate) = rate {
            import.args(["--rate", &format!("{rate}/s")]);
        }
        Running::start(import.stdout(log(&self.log())?).stderr(log(&self.log())?))
    }

    /// The report: that of the last run, or with several workers the one that `status` writes.
    pub(crate) fn reported(&self) -> io::Result<Vec<Reported>> {
        let report = self.report(0);
        if self.world.shared {
            self.status(&["--report".as_ref(), report.as_os_str()])?;
        }
        let text = fs::read_to_string(report)?;
        text.lines().map(|line| serde_json::from_str(line).map_err(io::Error::other)).collect()
    }

    /// How many rows are being sent, by the journal.
    pub(crate) fn being_sent(&self) -> io::Result<u64> {
        self.counted(&["sending"])
    }

    /// How many rows have no outcome yet, by the journal.
    pub(crate) fn left(&self) -> io::Result<u64> {
        self.counted(&["pending", "sending", "unknown"])
    }

    fn counted(&self, states: &[&str]) -> io::Result<u64> {
        let counted: Value = serde_json::from_slice(&self.status(&[])?)?;
        let counts = states.iter().map(|state| {
            let count = counted.get(state).and_then(Value::as_u64);
            count.ok_or_else(|| io::Error::other(format!("status counts no `{state}`")))
        });
        counts.sum()
    }

    /// Creates a customer as another client. It sends one request; the customer may exist after exit code 5 too.
    pub(crate) fn create_as_other(&self, request: &Value, name: &str) -> io::Result<Option<i32>> {
        let file = self.folder.join(format!("{name}.json"));
        fs::write(&file, request.to_string())?;
        let mut create = self.cloudlx();
        let timeout = format!("{}ms", self.world.times.timeout.as_millis());
        create
            .args(["customers", "create", "--timeout", &timeout])
            .arg(file)
            .stdout(Stdio::null())
            .stderr(log(&self.log())?);
        Ok(create.status()?.code())
    }

    fn report(&self, worker: usize) -> PathBuf {
        self.folder.join(format!("report.{worker}.ndjson"))
    }

    fn status(&self, arguments: &[&std::ffi::OsStr]) -> io::Result<Vec<u8>> {
        let mut status = self.cloudlx();
        status.args(["import", "status", "--format", "json", "--journal", &self.journal]).args(arguments);
        let output = status.stderr(log(&self.log())?).output()?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(io::Error::other(format!("`cloudlx import status` ended with {}", output.status)))
        }
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
