//! A world: everything that a seed decides. That is its nature, the customers and how they are imported, which process is
//! killed when, and what others create meanwhile.

pub(crate) mod input;
pub(crate) mod random;
mod rows;

use std::time::Duration;

use serde_json::Value;

use crate::world::input::Format;
use crate::world::random::Random;

/// A world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) nature: Nature,
    /// The requests, in the order of the input.
    pub(crate) rows: Vec<Value>,
    pub(crate) format: Format,
    pub(crate) concurrency: u32,
    /// The limit of rows a second, if there is one.
    pub(crate) rate: Option<u32>,
    /// Whether several importers share a journal in PostgreSQL.
    pub(crate) shared: bool,
    /// The stub's latency.
    pub(crate) latency: Duration,
    pub(crate) times: Times,
    /// Kills and interrupts, one after the other.
    pub(crate) disruptions: Vec<Disruption>,
    /// What others create before the import begins.
    pub(crate) before: Vec<Value>,
    /// Rows to which others create equal customers while the import runs.
    pub(crate) foreign: Vec<usize>,
    /// The items on a page of a list, if lists have pages.
    pub(crate) page_size: Option<usize>,
    /// How many customers exist before the faults of the world's [`nature`](Self::nature) begin.
    pub(crate) warm_up: u32,
}

/// What goes wrong in a world besides the faults of every world. It decides which rows may be uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Nothing.
    Plain,
    /// Others create customers that are equal to rows.
    Foreign,
    /// The server reports successes of requests that it did not process.
    Acts,
    /// The server responds with other content than was sent, and stores other names.
    Alters,
    /// The server stores names in a form of its own.
    Renames,
    /// The list does not show all customers.
    LeavesOut,
    /// The server stores names in a form of its own, and the list does not show all customers.
    Hides,
}

/// Timeouts and delays of a world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// The client's timeout.
    pub(crate) timeout: Duration,
    /// The longest delay between the closing of a connection and the visible customer.
    pub(crate) late: Duration,
    /// The import's settle time.
    pub(crate) settle: Duration,
    /// The lease of a worker's claims.
    pub(crate) lease: Duration,
}

/// A kill or an interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disruption {
    /// How long after the previous one.
    pub(crate) after: Duration,
    /// Whether `after` begins only when rows are sent again; a kill during the start of an import hits no row.
    pub(crate) in_the_middle: bool,
    pub(crate) kind: DisruptionKind,
}

/// Which process is killed or interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DisruptionKind {
    /// `kill -9` of the import.
    Import,
    /// `kill -9` of the stub, which is down for so long.
    Stub { down: Duration },
    /// `kill -9` of both.
    Both { down: Duration },
    /// Ctrl-C, and a second one after `again`.
    Interrupt { again: Option<Duration> },
}

impl Nature {
    /// Seven natures in eight worlds.
    const CYCLE: [Self; 8] = [
        Self::Plain,
        Self::Renames,
        Self::Acts,
        Self::Alters,
        Self::LeavesOut,
        Self::Foreign,
        Self::Hides,
        Self::Plain,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Foreign => "foreign",
            Self::Acts => "acts",
            Self::Alters => "alters",
            Self::Renames => "renames",
            Self::LeavesOut => "leaves out",
            Self::Hides => "hides",
        }
    }

    /// Whether the faults of `other` happen in this nature too.
    pub(crate) fn has(self, other: Self) -> bool {
        self == other || self == Self::Hides && matches!(other, Self::Renames | Self::LeavesOut)
    }

    fn from_seed(seed: u64) -> Self {
        let place = usize::try_from(seed % Self::CYCLE.len() as u64).unwrap_or_default();
        Self::CYCLE.get(place).copied().unwrap_or(Self::Plain)
    }
}

impl Times {
    /// The times of a world with this many rows, since long lists take longer.
    pub(crate) fn for_rows(rows: usize) -> Self {
        let more = Duration::from_millis(rows.saturating_sub(2_000) as u64 / 8);
        let timeout = Duration::from_millis(400) + more;
        let late = Duration::from_millis(600);
        Self { timeout, late, settle: late + Duration::from_millis(700) + more, lease: timeout * 5 / 2 }
    }

    /// The delay of a create that is never answered: it becomes visible after the client has given up.
    pub(crate) fn late_unanswered(&self) -> Duration {
        self.timeout + self.late / 2
    }
}

impl World {
    /// The world of `seed` with `count` customers.
    pub(crate) fn from_seed(seed: u64, count: usize) -> Self {
        let mut random = Random::new(seed, 0);
        let nature = Nature::from_seed(seed);
        let rows = rows::for_world(seed, count, &mut random);
        // In some worlds many disruptions follow each other quickly.
        let is_stormy = random.one_in(4);
        let disruptions = if is_stormy { storm(&mut random) } else { some_disruptions(&mut random) };
        let foreign = (0..40).map(|_| random.below(count));
        let foreign = if nature == Nature::Foreign { foreign.collect() } else { Vec::new() };
        let rate = 200 + random.below(600);
        // Few pages, since faults hit each page as often as a list.
        let page_size = 1 + count / 6 + random.below(count / 3 + 1);
        let has_prelude = [Nature::Alters, Nature::LeavesOut].into_iter().any(|it| nature.has(it));
        Self {
            seed,
            nature,
            rows,
            format: Format::from_number(random.below(8)),
            concurrency: u32::try_from(1 + random.below(16)).unwrap_or(1),
            rate: random.one_in(6).then(|| u32::try_from(rate).unwrap_or(200)),
            shared: seed % 6 == 3,
            latency: Duration::from_millis(if is_stormy { 10 } else { random.below(5) as u64 }),
            times: Times::for_rows(count),
            disruptions,
            before: (0..2).map(|number| rows::nobodys(seed, number)).collect(),
            foreign,
            page_size: (seed % 5 == 2).then_some(page_size),
            warm_up: if has_prelude { u32::try_from(count / 5).unwrap_or(u32::MAX) } else { 0 },
        }
    }

    /// The stub's start from which on the faults of the world's nature happen.
    pub(crate) fn first_start(&self) -> u64 {
        u64::from(self.warm_up > 0)
    }
}

fn some_disruptions(random: &mut Random) -> Vec<Disruption> {
    let disruption = |random: &mut Random| {
        let down = Duration::from_millis(random.below(400) as u64);
        let again = Duration::from_millis(random.below(100) as u64);
        let kind = match random.below(8) {
            0 | 1 => DisruptionKind::Stub { down },
            2 => DisruptionKind::Both { down },
            3 => DisruptionKind::Interrupt { again: None },
            4 => DisruptionKind::Interrupt { again: Some(again) },
            _ => DisruptionKind::Import,
        };
        Disruption {
            after: Duration::from_millis(20 + random.below(1_200) as u64),
            in_the_middle: false,
            kind,
        }
    };
    (0..random.below(8)).map(|_| disruption(random)).collect()
}

/// Six kills of the import and six of the stub, in quick succession.
fn storm(random: &mut Random) -> Vec<Disruption> {
    let disruption = |number: usize, random: &mut Random| {
        let down = Duration::from_millis(random.below(100) as u64);
        let kind =
            if number.is_multiple_of(2) { DisruptionKind::Import } else { DisruptionKind::Stub { down } };
        Disruption { after: Duration::from_millis(random.below(150) as u64), in_the_middle: true, kind }
    };
    (0..12).map(|number| disruption(number, random)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_world_again() {
        let (one, again) = (World::from_seed(7, 100), World::from_seed(7, 100));
        assert_eq!(
            (&one.rows, &one.disruptions, one.concurrency),
            (&again.rows, &again.disruptions, again.concurrency)
        );
        assert_ne!(one.rows, World::from_seed(8, 100).rows);
    }

    #[test]
    fn some_twenty_worlds_have_everything() {
        let worlds: Vec<_> = (0..20).map(|seed| World::from_seed(seed, 100)).collect();
        let some = |what: &str, is: &dyn Fn(&World) -> bool| {
            assert!(worlds.iter().any(is), "none of 20 worlds has {what}");
        };
        for nature in Nature::CYCLE {
            some(nature.name(), &|world| world.nature == nature);
        }
        for format in Format::ALL {
            some(&format!("{format:?}"), &|world| world.format == format);
        }
        some("a rate", &|world| world.rate.is_some());
        some("a shared journal", &|world| world.shared);
        some("pages", &|world| world.page_size.is_some_and(|size| (17..60).contains(&size)));
        let interrupts = |world: &World, twice| {
            let is = |disruption: &Disruption| matches!(disruption.kind, DisruptionKind::Interrupt { again } if again.is_some() == twice);
            world.disruptions.iter().any(is)
        };
        some("Ctrl-C", &|world| interrupts(world, false));
        some("Ctrl-C twice", &|world| interrupts(world, true));
        some("five kills of each", &|world| {
            let of = |is: fn(&DisruptionKind) -> bool| {
                world.disruptions.iter().filter(|disruption| is(&disruption.kind)).count()
            };
            of(|kind| matches!(kind, DisruptionKind::Import | DisruptionKind::Both { .. })) >= 5
                && of(|kind| matches!(kind, DisruptionKind::Stub { .. } | DisruptionKind::Both { .. })) >= 5
        });
    }

    #[test]
    fn what_lands_late_lands_after_the_client_gave_up_and_before_it_looks() {
        for rows in [300, 10_000] {
            let times = Times::for_rows(rows);
            assert!(times.late_unanswered() > times.timeout);
            assert!(times.late_unanswered() < times.timeout + times.settle);
            assert!(times.late < times.settle);
            assert!(times.lease >= 2 * times.timeout);
        }
    }
}
