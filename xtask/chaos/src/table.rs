//! Prints a line for each world, and the totals.

use std::fmt;
use std::time::Duration;

use crate::faults::armed::Hits;
use crate::faults::catalogue;
use crate::trial::{Trial, TrialError};
use crate::world::input::Format;
use crate::world::{Nature, Times};

/// The heading of the lines.
pub(crate) const HEAD: &str = "  seed  world       pages  format  journal   rows  runs  killed: import  stub  Ctrl-C  faults  \
                               duplicates  holes  uncertain  refused  seconds";

/// How many broken promises of one world are shown.
const MOST_SHOWN: usize = 10;

/// The line of one world.
pub(crate) struct Row {
    pub(crate) seed: u64,
    pub(crate) nature: Nature,
    pub(crate) page_size: Option<usize>,
    pub(crate) format: Format,
    pub(crate) journal: &'static str,
    pub(crate) rows: usize,
    pub(crate) time: Duration,
    pub(crate) result: Result<Trial, TrialError>,
}

impl Row {
    pub(crate) fn is_kept(&self) -> bool {
        self.result.as_ref().is_ok_and(|trial| trial.findings.is_kept())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, rows, journal, .. } = self;
        let (nature, format) = (self.nature.name(), self.format.name());
        let pages = self.page_size.map(|size| size.to_string()).unwrap_or_default();
        write!(f, "{seed:>6}  {nature:<10}  {pages:>5}  {format:<6}  {journal:<7}  {rows:>5}  ")?;
        let Trial { counts, hits, findings } = match &self.result {
            Ok(trial) => trial,
            Err(error) => return write!(f, "{error}"),
        };
        write!(
            f,
            "{:>4}  {:>14}  {:>4}  {:>6}  {:>6}  {:>10}  {:>5}  {:>9}  {:>7}  {:>7.1}",
            counts.runs,
            counts.import_kills,
            counts.stub_kills,
            counts.interrupts,
            hits.values().sum::<u64>(),
            findings.duplicates.len(),
            findings.holes.len(),
            findings.uncertain.len(),
            findings.refused,
            self.time.as_secs_f64(),
        )?;
        for broken in findings.broken().take(MOST_SHOWN) {
            write!(f, "\n        {broken}")?;
        }
        Ok(())
    }
}

/// The totals of all worlds.
pub(crate) struct Total {
    /// How often faults of each kind acted; every kind has an entry.
    hits: Hits,
    line: String,
}

impl Total {
    /// The totals of worlds with these times.
    pub(crate) fn new(rows: &[Row], times: &Times) -> Self {
        let mut hits: Hits = catalogue::all(times).into_iter().map(|kind| (kind.name, 0)).collect();
        let trials = || rows.iter().filter_map(|row| row.result.as_ref().ok());
        for (kind, hit) in trials().flat_map(|trial| &trial.hits) {
            *hits.entry(kind.clone()).or_default() += hit;
        }
        let sum = |count: fn(&Trial) -> usize| trials().map(count).sum::<usize>();
        let line = format!(
            "{} worlds, {} rows, {} runs, {} kills of the import, {} of the stub, {} Ctrl-C, {} faults of {} kinds: \
             {} duplicates, {} holes, {} uncertain, {} refused",
            rows.len(),
            rows.iter().map(|row| row.rows).sum::<usize>(),
            sum(|trial| trial.counts.runs),
            sum(|trial| trial.counts.import_kills),
            sum(|trial| trial.counts.stub_kills),
            sum(|trial| trial.counts.interrupts),
            hits.values().sum::<u64>(),
            hits.values().filter(|hit| **hit > 0).count(),
            sum(|trial| trial.findings.duplicates.len()),
            sum(|trial| trial.findings.holes.len()),
            sum(|trial| trial.findings.uncertain.len()),
            sum(|trial| trial.findings.refused),
        );
        Self { hits, line }
    }

    /// The kinds that acted in no world.
    pub(crate) fn never_hit(&self) -> Vec<String> {
        self.hits.iter().filter(|(_, hit)| **hit == 0).map(|(kind, _)| kind.clone()).collect()
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  hits  fault")?;
        for (kind, hits) in &self.hits {
            writeln!(f, "{hits:>6}  {kind}")?;
        }
        f.write_str(&self.line)
    }
}
