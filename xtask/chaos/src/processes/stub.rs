//! The stub of a world. It keeps its address and its state when it is killed and started again.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::faults::armed::{Armed, Hits};
use crate::faults::catalogue;
use crate::faults::kind::Kind;
use crate::processes::running::{Running, log};
use crate::world::World;

/// How often to start or ask the stub before giving up.
const TRIES: usize = 50;

/// How long to wait between tries.
const PAUSE: Duration = Duration::from_millis(20);

/// A stub and its files.
pub(crate) struct Stub<'a> {
    cloudlx: &'a Path,
    folder: &'a Path,
    world: &'a World,
    /// The kinds of its faults.
    kinds: Vec<Kind>,
    process: Running,
    /// Kept open, since the stub prints more than its first line.
    #[allow(dead_code, reason = "dropping it would close it")]
    stdout: BufReader<ChildStdout>,
    /// Where it listens, from the first start on.
    address: SocketAddr,
    armed: Armed,
    starts: u64,
    /// How often its faults acted, before its last start.
    hits: Hits,
}

impl<'a> Stub<'a> {
    /// Starts the stub on a port that is free, with its state and its faults in `folder`.
    pub(crate) fn start(cloudlx: &'a Path, folder: &'a Path, world: &'a World) -> io::Result<Self> {
        let kinds = catalogue::all(&world.times);
        let armed = Armed::for_start(world, &kinds, 0);
        let listen = SocketAddr::new(address_of(world.seed), 0);
        let (process, stdout, address) = start(cloudlx, folder, world, &armed, 0, listen)?;
        Ok(Self {
            cloudlx,
            folder,
            world,
            kinds,
            process,
            stdout,
            address,
            armed,
            starts: 1,
            hits: Hits::new(),
        })
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where its state is.
    pub(crate) fn state(&self) -> PathBuf {
        self.folder.join("stub.db")
    }

    /// Fails if it ended by itself.
    pub(crate) fn check(&mut self) -> io::Result<()> {
        match self.process.try_wait()? {
            None => Ok(()),
            Some(status) => Err(io::Error::other(format!("the stub ended by itself with {status}"))),
        }
    }

    /// Kills it, as `kill -9` does.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        for (kind, hits) in self.counted() {
            *self.hits.entry(kind).or_default() += hits;
        }
        self.process.kill().map(drop)
    }

    /// Starts it again at the same address, with other faults of the same world.
    pub(crate) fn restart(&mut self) -> io::Result<()> {
        let armed = Armed::for_start(self.world, &self.kinds, self.starts);
        let mut last = io::Error::other("it was not started");
        for _ in 0..TRIES {
            match start(self.cloudlx, self.folder, self.world, &armed, self.starts, self.address) {
                Ok((process, stdout, _)) => {
                    (self.process, self.stdout, self.armed) = (process, stdout, armed);
                    self.starts += 1;
                    return Ok(());
                }
                Err(error) => last = error,
            }
            sleep(PAUSE);
        }
        Err(last)
    }

    /// How often its faults acted, as far as it answered before each kill.
    pub(crate) fn hits(&self) -> &Hits {
        &self.hits
    }

    /// How many customers it has created.
    pub(crate) fn count_customers(&self) -> rusqlite::Result<u32> {
        let state = Connection::open_with_flags(self.state(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        state.query_row("SELECT count(*) FROM customers", (), |row| row.get(0))
    }

    /// How often its faults acted since its last start.
    fn counted(&self) -> Hits {
        let asked = || -> Option<Value> {
            let url = format!("{}/__stub/faults", self.base_url());
            let text = ureq::get(url).call().ok()?.into_body().read_to_string().ok()?;
            serde_json::from_str(&text).ok()
        };
        // A fault may hit the connection that asks.
        let again = || {
            sleep(PAUSE);
            asked()
        };
        let report = asked().or_else(|| (0..TRIES).find_map(|_| again()));
        self.armed.hits(&report.unwrap_or_default())
    }
}

/// An address of this machine that no other world uses, so that nobody takes its port while the stub is down: the system
/// hands out ports of 127.0.0.1.
fn address_of(seed: u64) -> IpAddr {
    let [.., high, low] = seed.to_be_bytes();
    let [.., process] = std::process::id().to_be_bytes();
    // Other systems do not have these addresses unless they are set up.
    let own = cfg!(target_os = "linux");
    IpAddr::V4(if own { Ipv4Addr::new(127, process.clamp(1, 254), high, low) } else { Ipv4Addr::LOCALHOST })
}

fn start(
    cloudlx: &Path,
    folder: &Path,
    world: &World,
    armed: &Armed,
    number: u64,
    listen: SocketAddr,
) -> io::Result<(Running, BufReader<ChildStdout>, SocketAddr)> {
    let faults = folder.join(format!("faults.{number}.json"));
    fs::write(&faults, armed.schedule.to_string())?;
    let mut stub = Command::new(cloudlx);
    stub.args(["stub", "--control", "--listen", &listen.to_string()])
        .args(["--latency", &world.latency.as_millis().to_string(), "--state"])
        .arg(folder.join("stub.db"))
        .arg("--faults")
        .arg(faults)
        .args(world.page_size.iter().flat_map(|size| ["--page-size".to_owned(), size.to_string()]))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log(&folder.join("stub.log"))?);
    let mut process = Running::start(&mut stub)?;
    let stdout = process.stdout.take().ok_or_else(|| io::Error::other("the stub has no stdout"))?;
    let (mut stdout, mut line) = (BufReader::new(stdout), String::new());
    stdout.read_line(&mut line)?;
    let address = line.trim_end().strip_prefix("listening on http://").and_then(|text| text.parse().ok());
    address.map(|address| (process, stdout, address)).ok_or_else(|| {
        let log = folder.join("stub.log");
        io::Error::other(format!("the stub said {line:?}; see {}", log.display()))
    })
}
