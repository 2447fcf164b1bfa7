//! What a seed decides: what kind of world it is, the customers to import and how, who is killed when, and what somebody
//! else creates meanwhile.

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
    /// How many rows are sent in a second, where that is limited.
    pub(crate) rate: Option<u32>,
    /// Several importers that share a journal in PostgreSQL, where there is one.
    pub(crate) shared: bool,
    /// How long the stub takes for each answer.
    pub(crate) latency: Duration,
    pub(crate) times: Times,
    /// Who is killed, one after the other.
    pub(crate) blows: Vec<Blow>,
    /// What somebody else creates before the import begins.
    pub(crate) before: Vec<Value>,
    /// The rows that somebody else creates customers equal to, while the import runs.
    pub(crate) foreign: Vec<usize>,
    /// How many items a page of a list has, where lists have pages.
    pub(crate) page_size: Option<usize>,
    /// How many customers there are before that begins which is of the world's [`nature`](Self::nature).
    pub(crate) prelude: u32,
}

/// What is wrong in a world besides what is wrong in every one. It decides which rows may be uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Nothing.
    Plain,
    /// Somebody else creates customers that are equal to rows.
    Foreign,
    /// The server says that it did what it did not do.
    Acts,
    /// The server answers with other content than was sent, and keeps other names.
    Alters,
    /// The server keeps names in a form of its own.
    Renames,
    /// The list does not show all customers.
    LeavesOut,
    /// The server keeps names in a form of its own, and the list does not show all customers.
    Hides,
}

/// How long things take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// How long the client waits for an answer.
    pub(crate) timeout: Duration,
    /// How long after it was processed a create lands whose connection is closed, at the latest.
    pub(crate) late: Duration,
    /// What the import is told of that.
    pub(crate) settle: Duration,
    /// How long a worker's claim holds.
    pub(crate) lease: Duration,
}

/// Something done to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blow {
    /// So long after the last time.
    pub(crate) after: Duration,
    /// So long after rows were sent again since the last time: what falls while the import starts hits no row.
    pub(crate) in_the_middle: bool,
    pub(crate) kind: BlowKind,
}

/// What is done to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlowKind {
    /// `kill -9` of the import.
    Import,
    /// `kill -9` of the stub, which is away for so long.
    Stub { down: Duration },
    /// Of both.
    Both { down: Duration },
    /// Ctrl-C, and when there is a time, once more after it.
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

    /// Whether what is wrong by `other` is wrong by this.
    pub(crate) fn has(self, other: Self) -> bool {
        self == other || self == Self::Hides && matches!(other, Self::Renames | Self::LeavesOut)
    }

    fn from_seed(seed: u64) -> Self {
        let place = usize::try_from(seed % Self::CYCLE.len() as u64).unwrap_or_default();
        Self::CYCLE.get(place).copied().unwrap_or(Self::Plain)
    }
}

impl Times {
    /// In a world with so many rows: a list of many takes its time.
    pub(crate) fn for_rows(rows: usize) -> Self {
        let more = Duration::from_millis(rows.saturating_sub(2_000) as u64 / 8);
        let timeout = Duration::from_millis(400) + more;
        let late = Duration::from_millis(600);
        Self { timeout, late, settle: late + Duration::from_millis(700) + more, lease: timeout * 5 / 2 }
    }

    /// How long after it was processed a create lands that is not answered: after the client has given up.
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
        // In some, one blow follows the other.
        let is_stormy = random.one_in(4);
        let blows = if is_stormy { storm(&mut random) } else { some_blows(&mut random) };
        let foreign = (0..40).map(|_| random.below(count));
        let foreign = if nature == Nature::Foreign { foreign.collect() } else { Vec::new() };
        let rate = 200 + random.below(600);
        // A list of few pages, each of which faults hit as a list is.
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
            blows,
            before: (0..2).map(|number| rows::nobodys(seed, number)).collect(),
            foreign,
            page_size: (seed % 5 == 2).then_some(page_size),
            prelude: if has_prelude { u32::try_from(count / 5).unwrap_or(u32::MAX) } else { 0 },
        }
    }

    /// The stub's start from which on what is of the world's nature happens.
    pub(crate) fn first_start(&self) -> u64 {
        u64::from(self.prelude > 0)
    }
}

fn some_blows(random: &mut Random) -> Vec<Blow> {
    let blow = |random: &mut Random| {
        let down = Duration::from_millis(random.below(400) as u64);
        let again = Duration::from_millis(random.below(100) as u64);
        let kind = match random.below(8) {
            0 | 1 => BlowKind::Stub { down },
            2 => BlowKind::Both { down },
            3 => BlowKind::Interrupt { again: None },
            4 => BlowKind::Interrupt { again: Some(again) },
            _ => BlowKind::Import,
        };
        Blow { after: Duration::from_millis(20 + random.below(1_200) as u64), in_the_middle: false, kind }
    };
    (0..random.below(8)).map(|_| blow(random)).collect()
}

/// Six of the import and six of the stub, in quick succession.
fn storm(random: &mut Random) -> Vec<Blow> {
    let blow = |number: usize, random: &mut Random| {
        let down = Duration::from_millis(random.below(100) as u64);
        let kind = if number.is_multiple_of(2) { BlowKind::Import } else { BlowKind::Stub { down } };
        Blow { after: Duration::from_millis(random.below(150) as u64), in_the_middle: true, kind }
    };
    (0..12).map(|number| blow(number, random)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_world_again() {
        let (one, again) = (World::from_seed(7, 100), World::from_seed(7, 100));
        assert_eq!((&one.rows, &one.blows, one.concurrency), (&again.rows, &again.blows, again.concurrency));
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
            let is =
                |blow: &Blow| matches!(blow.kind, BlowKind::Interrupt { again } if again.is_some() == twice);
            world.blows.iter().any(is)
        };
        some("Ctrl-C", &|world| interrupts(world, false));
        some("Ctrl-C twice", &|world| interrupts(world, true));
        some("five kills of each", &|world| {
            let of = |is: fn(&BlowKind) -> bool| world.blows.iter().filter(|blow| is(&blow.kind)).count();
            of(|kind| matches!(kind, BlowKind::Import | BlowKind::Both { .. })) >= 5
                && of(|kind| matches!(kind, BlowKind::Stub { .. } | BlowKind::Both { .. })) >= 5
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
