//! Runs one world, from the first start of its processes to the comparison at the end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::check::content::{self, StateError};
use crate::check::{self, Content, Expected, Findings};
use crate::faults::armed::Hits;
use crate::processes::Running;
use crate::processes::import::Import;
use crate::processes::postgres;
use crate::processes::stub::Stub;
use crate::world::{Disruption, DisruptionKind, World};

/// How often the import is started before the trial gives up.
const MOST_RUNS: usize = 300;

/// How long the import may take to stop after Ctrl-C, and to end once nothing disrupts it.
const LONGEST_END: Duration = Duration::from_secs(30);

/// After this time without a create the next disruption happens anyway.
const LONGEST_QUIET: Duration = Duration::from_secs(2);

/// How often the trial looks at the processes.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// How often the trial tries to create each customer that must exist before the import.
const TRIES: usize = 50;

/// The result of a world.
pub(crate) struct Trial {
    pub(crate) counts: Counts,
    /// How often faults of each kind acted; the stub cannot report those right before a kill.
    pub(crate) hits: Hits,
    pub(crate) findings: Findings,
}

/// How often the processes were started and disrupted.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// How often the import was started.
    pub(crate) runs: usize,
    pub(crate) import_kills: usize,
    pub(crate) stub_kills: usize,
    pub(crate) interrupts: usize,
}

/// Why a world did not end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrialError {
    #[error("could not run a process, or read or write its files in {}: {source}", folder.display())]
    Io { folder: PathBuf, source: io::Error },
    #[error("the import was not done after {runs} runs, the last of which ended with {last}: see {}", log.display())]
    NoEnd { runs: usize, last: String, log: PathBuf },
    #[error("the import ended with {status}, which is none of its ends here: see {}", log.display())]
    Ended { status: ExitStatus, log: PathBuf },
    #[error("the import had not stopped {LONGEST_END:?} after Ctrl-C: see {}", log.display())]
    NoStop { log: PathBuf },
    #[error("{0} rows were being sent, by the journal, after Ctrl-C and an end in order")]
    StillSending(u64),
    #[error(transparent)]
    State(#[from] StateError),
}

/// Runs `world` in a folder of its own below `folder`. The folder is kept if the promise was broken.
pub(crate) fn run(cloudlx: &Path, world: &World, folder: &Path) -> Result<Trial, TrialError> {
    let folder = folder.join(format!("seed-{}", world.seed));
    let failed = |source| TrialError::Io { folder: folder.clone(), source };
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut stub = Stub::start(cloudlx, &folder, world).map_err(failed)?;
    let import = Import {
        cloudlx,
        folder: &folder,
        world,
        base_url: stub.base_url(),
        input: world.format.write(&world.rows, &folder).map_err(failed)?,
        journal: match postgres::database().filter(|_| world.shared) {
            Some(address) => address,
            None => folder.join("journal.db").display().to_string(),
        },
    };

    let mut foreign = Vec::new();
    for (number, request) in world.before.iter().enumerate() {
        foreign.extend(create_before(&import, request, number).map_err(failed)?);
    }
    let is_over = AtomicBool::new(false);
    let (counts, others) = std::thread::scope(|scope| {
        let others = scope.spawn(|| create_as_other(&import, &is_over));
        let ended = Runner { import: &import, stub: &mut stub, counts: Counts::default() }.until_done();
        is_over.store(true, Ordering::Relaxed);
        // A panic of the thread was printed.
        (ended, others.join().unwrap_or_else(|_| Ok(Vec::new())))
    });
    let counts = counts?;
    foreign.extend(others.map_err(failed)?);

    stub.kill().map_err(failed)?;
    let expected = Expected {
        rows: world.rows.iter().map(content::from_request).collect(),
        first_line: world.format.first_line(),
        foreign,
        nature: world.nature,
    };
    let reported = import.reported().map_err(failed)?;
    let findings = check::check(&expected, &reported, &content::customers(&stub.state())?);
    if findings.is_kept() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    Ok(Trial { counts, hits: stub.hits().clone(), findings })
}

/// The time limit of a world with this many rows.
fn longest(rows: usize) -> Duration {
    Duration::from_mins(5).max(Duration::from_millis(200) * u32::try_from(rows).unwrap_or(u32::MAX))
}

/// Creates a customer before the import begins. Returns one entry for each try that may have created it.
fn create_before(import: &Import<'_>, request: &Value, number: usize) -> io::Result<Vec<Content>> {
    let mut made = Vec::new();
    for _ in 0..TRIES {
        let code = import.create_as_other(request, &format!("before.{number}"))?;
        if matches!(code, Some(0 | 5)) {
            made.push(content::from_request(request));
        }
        if code == Some(0) {
            return Ok(made);
        }
    }
    Err(io::Error::other("could not create a customer before the import"))
}

/// Creates customers as another client, while the import runs. Returns those that may exist.
fn create_as_other(import: &Import<'_>, is_over: &AtomicBool) -> io::Result<Vec<Content>> {
    let rows = import.world.foreign.iter().filter_map(|row| import.world.rows.get(*row));
    let mut made = Vec::new();
    for (number, request) in rows.enumerate() {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        if matches!(import.create_as_other(request, &format!("foreign.{number}"))?, Some(0 | 5)) {
            made.push(content::from_request(request));
        }
    }
    Ok(made)
}

/// The time since the last disruption.
struct Quiet {
    since: Instant,
    /// How many customers existed at its beginning.
    made: u32,
    /// When the first customer after that was seen.
    going: Option<Instant>,
}

impl Quiet {
    fn after(stub: &Stub<'_>) -> Self {
        Self { since: Instant::now(), made: count_customers(stub), going: None }
    }

    fn is_over(&mut self, next: &Disruption, stub: &Stub<'_>) -> bool {
        if !next.in_the_middle {
            return self.since.elapsed() >= next.after;
        }
        // An import that creates nothing for so long is waiting or listing, and may be disrupted in that.
        if self.going.is_none()
            && (count_customers(stub) > self.made || self.since.elapsed() >= LONGEST_QUIET)
        {
            self.going = Some(Instant::now());
        }
        self.going.is_some_and(|going| going.elapsed() >= next.after)
    }
}

/// How many customers exist; 0 while the state cannot be read, as during a start of the stub.
fn count_customers(stub: &Stub<'_>) -> u32 {
    stub.count_customers().unwrap_or_default()
}

/// Runs an import until it is done, and disrupts it as the world says.
struct Runner<'a, 'b> {
    import: &'a Import<'a>,
    stub: &'a mut Stub<'b>,
    counts: Counts,
}

impl Runner<'_, '_> {
    fn until_done(mut self) -> Result<Counts, TrialError> {
        let world = self.import.world;
        if world.warm_up > 0 {
            self.warm_up()?;
        }
        let end = Instant::now() + longest(world.rows.len());
        let mut disruptions = world.disruptions.iter();
        let mut next = disruptions.next();
        let mut quiet = Quiet::after(self.stub);
        let mut workers: Vec<Option<Running>> = (0..if world.shared { 2 } else { 1 }).map(|_| None).collect();
        let mut last = String::from("no end");
        loop {
            for number in 0..workers.len() {
                let Some(place) = workers.get_mut(number) else { continue };
                let Some(running) = place else {
                    *place = Some(self.start(number)?);
                    continue;
                };
                if let Some(status) = running.try_wait().map_err(self.io())? {
                    *place = None;
                    if self.is_done(status)? {
                        self.stub.check().map_err(self.io())?;
                        return self.wait_for_others(workers);
                    }
                    last = status.to_string();
                }
            }
            if self.counts.runs > MOST_RUNS || Instant::now() > end {
                return Err(TrialError::NoEnd { runs: self.counts.runs, last, log: self.import.log() });
            }
            if let Some(disruption) = next
                && quiet.is_over(disruption, self.stub)
            {
                let number = self.counts.import_kills % workers.len();
                if let Some(victim) = workers.get_mut(number) {
                    self.disrupt(disruption, victim)?;
                }
                (next, quiet) = (disruptions.next(), Quiet::after(self.stub));
            }
            sleep(POLL_INTERVAL);
        }
    }

    /// Runs the import until some customers exist, and stops it with Ctrl-C: its journal then knows them. Only after that
    /// the faults of the world's nature begin.
    fn warm_up(&mut self) -> Result<(), TrialError> {
        let world = self.import.world;
        for _ in 0..MOST_RUNS {
            let mut running = self.start(0)?;
            while running.try_wait().map_err(self.io())?.is_none() {
                if self.stub.count_customers().map_err(StateError::from)? >= world.warm_up {
                    self.counts.interrupts += 1;
                    self.stop(&mut running, None)?;
                    break;
                }
                sleep(POLL_INTERVAL);
            }
            if self.stub.count_customers().map_err(StateError::from)? >= world.warm_up {
                return self.replace_stub(Duration::ZERO);
            }
        }
        Err(TrialError::NoEnd {
            runs: self.counts.runs,
            last: "no prelude".to_owned(),
            log: self.import.log(),
        })
    }

    fn start(&mut self, worker: usize) -> Result<Running, TrialError> {
        self.counts.runs += 1;
        self.import.start(worker).map_err(self.io())
    }

    /// Whether the import is done: every row is created, uncertain or refused.
    fn is_done(&self, status: ExitStatus) -> Result<bool, TrialError> {
        match status.code() {
            Some(0 | 5) => Ok(true),
            // Some rows were refused; or the whole run was, such as by a 401.
            Some(3) => Ok(self.import.left().map_err(self.io())? == 0),
            // Killed, or some rows are not processed yet.
            None | Some(4) => Ok(false),
            Some(_) => Err(TrialError::Ended { status, log: self.import.log() }),
        }
    }

    /// Waits for the other workers to notice that no row is left.
    fn wait_for_others(self, workers: Vec<Option<Running>>) -> Result<Counts, TrialError> {
        for mut worker in workers.into_iter().flatten() {
            if worker.wait_for(LONGEST_END).map_err(self.io())?.is_none() {
                let last = "no end, though another worker found nothing left".to_owned();
                return Err(TrialError::NoEnd { runs: self.counts.runs, last, log: self.import.log() });
            }
        }
        Ok(self.counts)
    }

    /// Applies a disruption; an importer that does not run is skipped.
    fn disrupt(&mut self, disruption: &Disruption, victim: &mut Option<Running>) -> Result<(), TrialError> {
        match (disruption.kind, victim.as_mut()) {
            (DisruptionKind::Import | DisruptionKind::Both { .. }, Some(import)) => {
                self.counts.import_kills += 1;
                import.kill().map_err(self.io())?;
            }
            (DisruptionKind::Interrupt { again }, Some(import)) => {
                self.counts.interrupts += 1;
                self.stop(import, again)?;
            }
            (DisruptionKind::Stub { .. }, _) | (_, None) => {}
        }
        match disruption.kind {
            DisruptionKind::Stub { down } | DisruptionKind::Both { down } => {
                self.counts.stub_kills += 1;
                self.replace_stub(down)
            }
            _ => Ok(()),
        }
    }

    fn replace_stub(&mut self, down: Duration) -> Result<(), TrialError> {
        self.stub.check().map_err(self.io())?;
        self.stub.kill().map_err(self.io())?;
        sleep(down);
        self.stub.restart().map_err(self.io())
    }

    /// Sends Ctrl-C, and perhaps a second one, and waits for the end. After an orderly end the journal must have no row in
    /// state `sending`.
    fn stop(&self, import: &mut Running, again: Option<Duration>) -> Result<(), TrialError> {
        import.interrupt().map_err(self.io())?;
        if let Some(again) = again
            && import.wait_for(again).map_err(self.io())?.is_none()
        {
            import.interrupt().map_err(self.io())?;
        }
        let Some(status) = import.wait_for(LONGEST_END).map_err(self.io())? else {
            return Err(TrialError::NoStop { log: self.import.log() });
        };
        // Without an exit code, the signal came before the program handled it.
        if again.is_none() && !self.import.world.shared && status.code().is_some() {
            let sending = self.import.being_sent().map_err(self.io())?;
            if sending > 0 {
                return Err(TrialError::StillSending(sending));
            }
        }
        Ok(())
    }

    fn io(&self) -> impl Fn(io::Error) -> TrialError + use<> {
        let folder = self.import.folder.to_owned();
        move |source| TrialError::Io { folder: folder.clone(), source }
    }
}
