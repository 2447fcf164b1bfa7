//! One world, from its first start to the comparison at its end.

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
use crate::world::{Blow, BlowKind, World};

/// How often the import may be started before it counts as one that does not end.
const MOST_RUNS: usize = 300;

/// How long it may take to end in order after Ctrl-C, and how long a run may take in which nothing happens to it.
const LONGEST_END: Duration = Duration::from_secs(30);

/// How long nothing may be sent before the next blow falls all the same.
const LONGEST_CALM: Duration = Duration::from_secs(2);

/// How often the processes are looked at.
const GLANCE: Duration = Duration::from_millis(5);

/// How often somebody else tries to create what is to be there before the import.
const TRIES: usize = 50;

/// What came of a world.
pub(crate) struct Trial {
    pub(crate) counts: Counts,
    /// How often faults of each kind acted, but for those that a kill kept the stub from telling.
    pub(crate) hits: Hits,
    pub(crate) findings: Findings,
}

/// What was done to the processes.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// How often the import was started.
    pub(crate) runs: usize,
    pub(crate) import_kills: usize,
    pub(crate) stub_kills: usize,
    pub(crate) interrupts: usize,
}

/// Why a world came to no end.
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

/// Tries `world` in a folder of its own below `folder`, which is left as it is when the promise was broken.
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
    let (counts, beside) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| create_beside(&import, &is_over));
        let ended = Round { import: &import, stub: &mut stub, counts: Counts::default() }.until_done();
        is_over.store(true, Ordering::Relaxed);
        // A thread that panicked has said so.
        (ended, beside.join().unwrap_or_else(|_| Ok(Vec::new())))
    });
    let counts = counts?;
    foreign.extend(beside.map_err(failed)?);

    stub.kill().map_err(failed)?;
    let expected = Expected {
        rows: world.rows.iter().map(content::of_request).collect(),
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

/// How long a world with so many rows may take.
fn longest(rows: usize) -> Duration {
    Duration::from_mins(5).max(Duration::from_millis(200) * u32::try_from(rows).unwrap_or(u32::MAX))
}

/// Creates a customer that is there for certain before the import begins, and says which of the tries may have made one.
fn create_before(import: &Import<'_>, request: &Value, number: usize) -> io::Result<Vec<Content>> {
    let mut made = Vec::new();
    for _ in 0..TRIES {
        let code = import.create_beside(request, &format!("before.{number}"))?;
        if matches!(code, Some(0 | 5)) {
            made.push(content::of_request(request));
        }
        if code == Some(0) {
            return Ok(made);
        }
    }
    Err(io::Error::other("could not create a customer before the import"))
}

/// Creates customers as somebody else would, and says which there may be.
fn create_beside(import: &Import<'_>, is_over: &AtomicBool) -> io::Result<Vec<Content>> {
    let rows = import.world.foreign.iter().filter_map(|row| import.world.rows.get(*row));
    let mut made = Vec::new();
    for (number, request) in rows.enumerate() {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        if matches!(import.create_beside(request, &format!("foreign.{number}"))?, Some(0 | 5)) {
            made.push(content::of_request(request));
        }
    }
    Ok(made)
}

/// The time between two blows.
struct Calm {
    since: Instant,
    /// How many customers there were at its beginning.
    made: u32,
    /// Since when there are more.
    going: Option<Instant>,
}

impl Calm {
    fn after(stub: &Stub<'_>) -> Self {
        Self { since: Instant::now(), made: made(stub), going: None }
    }

    fn is_over(&mut self, next: &Blow, stub: &Stub<'_>) -> bool {
        if !next.in_the_middle {
            return self.since.elapsed() >= next.after;
        }
        // Where nothing is sent any more, something else is in the middle: waiting, or listing.
        if self.going.is_none() && (made(stub) > self.made || self.since.elapsed() >= LONGEST_CALM) {
            self.going = Some(Instant::now());
        }
        self.going.is_some_and(|going| going.elapsed() >= next.after)
    }
}

/// How many customers there are; none while the state cannot be read, as in the middle of a start.
fn made(stub: &Stub<'_>) -> u32 {
    stub.made().unwrap_or_default()
}

/// An import that is run until it is done, while the world's blows fall.
struct Round<'a, 'b> {
    import: &'a Import<'a>,
    stub: &'a mut Stub<'b>,
    counts: Counts,
}

impl Round<'_, '_> {
    fn until_done(mut self) -> Result<Counts, TrialError> {
        let world = self.import.world;
        if world.prelude > 0 {
            self.prelude()?;
        }
        let end = Instant::now() + longest(world.rows.len());
        let mut blows = world.blows.iter();
        let mut next = blows.next();
        let mut calm = Calm::after(self.stub);
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
            if let Some(blow) = next
                && calm.is_over(blow, self.stub)
            {
                let number = self.counts.import_kills % workers.len();
                if let Some(victim) = workers.get_mut(number) {
                    self.strike(blow, victim)?;
                }
                (next, calm) = (blows.next(), Calm::after(self.stub));
            }
            sleep(GLANCE);
        }
    }

    /// Runs the import until it is on its way, and stops it in order: what it knows by then is in its journal. From then
    /// on the world is as its nature says.
    fn prelude(&mut self) -> Result<(), TrialError> {
        let world = self.import.world;
        for _ in 0..MOST_RUNS {
            let mut running = self.start(0)?;
            while running.try_wait().map_err(self.io())?.is_none() {
                if self.stub.made().map_err(StateError::from)? >= world.prelude {
                    self.counts.interrupts += 1;
                    self.stop(&mut running, None)?;
                    break;
                }
                sleep(GLANCE);
            }
            if self.stub.made().map_err(StateError::from)? >= world.prelude {
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

    /// Whether nothing is left to do: all rows are created; or all that can be is done, and some rows are uncertain or refused.
    fn is_done(&self, status: ExitStatus) -> Result<bool, TrialError> {
        match status.code() {
            Some(0 | 5) => Ok(true),
            // Some rows were refused; or the run was, such as by a 401.
            Some(3) => Ok(self.import.left().map_err(self.io())? == 0),
            // A kill; not processed, so far.
            None | Some(4) => Ok(false),
            Some(_) => Err(TrialError::Ended { status, log: self.import.log() }),
        }
    }

    /// Waits for the workers that have not seen yet that nothing is left.
    fn wait_for_others(self, workers: Vec<Option<Running>>) -> Result<Counts, TrialError> {
        for mut worker in workers.into_iter().flatten() {
            if worker.wait_for(LONGEST_END).map_err(self.io())?.is_none() {
                let last = "no end, though another worker found nothing left".to_owned();
                return Err(TrialError::NoEnd { runs: self.counts.runs, last, log: self.import.log() });
            }
        }
        Ok(self.counts)
    }

    /// Does what is to be done to whom; an importer that is not running is left out.
    fn strike(&mut self, blow: &Blow, victim: &mut Option<Running>) -> Result<(), TrialError> {
        match (blow.kind, victim.as_mut()) {
            (BlowKind::Import | BlowKind::Both { .. }, Some(import)) => {
                self.counts.import_kills += 1;
                import.kill().map_err(self.io())?;
            }
            (BlowKind::Interrupt { again }, Some(import)) => {
                self.counts.interrupts += 1;
                self.stop(import, again)?;
            }
            _ => {}
        }
        match blow.kind {
            BlowKind::Stub { down } | BlowKind::Both { down } => {
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

    /// Presses Ctrl-C, and perhaps again, and waits for the end. After an end in order no row may be under way.
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
        // No code: the signal came before the program listened.
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
