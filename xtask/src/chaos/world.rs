//! What a seed decides: the customers to import, when who is killed, and what somebody else creates meanwhile.

use std::time::Duration;

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;
use serde_json::{Value, json};

/// A world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    /// The requests, in the order of the input.
    pub(crate) rows: Vec<Value>,
    pub(crate) concurrency: u32,
    /// How long after a lost answer the stub may still commit, at most; the import is told a little more.
    pub(crate) latest_commit: Duration,
    /// When who is killed, from the start of a run; one entry a run, and none after the last.
    pub(crate) kills: Vec<Kill>,
    /// The rows that somebody else creates customers equal to, while the import runs.
    pub(crate) foreign: Vec<usize>,
}

/// A kill, so long after a run began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kill {
    pub(crate) after: Duration,
    pub(crate) victim: Victim,
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Victim {
    Import,
    /// It is away for so long.
    Stub {
        down: Duration,
    },
    Both {
        down: Duration,
    },
}

impl World {
    /// The world of `seed` with `count` customers.
    pub(crate) fn of(seed: u64, count: usize) -> Self {
        let mut random = Random::new(seed, 0);
        // Some worlds have rows that are equal, so that a row's content does not say which one it is.
        let one_in = if random.one_in(4) { 50 } else { 0 };
        let mut rows: Vec<Value> = Vec::with_capacity(count);
        while rows.len() < count {
            let copy = (one_in > 0 && !rows.is_empty() && random.one_in(one_in))
                .then(|| random.below(rows.len()))
                .and_then(|index| rows.get(index).cloned());
            let row = copy.unwrap_or_else(|| row(seed, rows.len(), &mut random));
            rows.push(row);
        }
        let kills = (0..random.below(8)).map(|_| kill(&mut random)).collect();
        let foreign =
            if random.one_in(5) { (0..40).map(|_| random.below(count)).collect() } else { Vec::new() };
        Self {
            seed,
            rows,
            concurrency: u32::try_from(1 + random.below(16)).unwrap_or(1),
            latest_commit: Duration::from_millis(300),
            kills,
            foreign,
        }
    }
}

fn row(seed: u64, index: usize, random: &mut Random) -> Value {
    let (shown, enabled) =
        [(json!([]), json!([])), (json!([313, 328]), json!([328])), (json!([313]), json!([313]))]
            .get(random.below(3))
            .cloned()
            .unwrap_or_default();
    let (currency, country) =
        [("GBP", "GB"), ("EUR", "HR"), ("XCG", "CW")].get(random.below(3)).copied().unwrap_or(("GBP", "GB"));
    json!({
        "name": format!("Customer {index} of world {seed}"),
        "currency_iso": currency,
        "country_iso": country,
        "realms": [1, 2, 7],
        "shown_sub_realms": shown,
        "enabled_sub_realms": enabled,
        "email": format!("user{index}@example.com"),
    })
}

fn kill(random: &mut Random) -> Kill {
    let down = Duration::from_millis(random.below(400) as u64);
    Kill {
        after: Duration::from_millis(20 + random.below(1_500) as u64),
        victim: match random.below(4) {
            0 => Victim::Stub { down },
            1 => Victim::Both { down },
            _ => Victim::Import,
        },
    }
}

/// Numbers that a seed decides.
pub(crate) struct Random(Pcg32);

impl Random {
    /// The numbers of `seed`, of which there are many streams.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(Pcg32::new(seed, stream))
    }

    /// A number below `limit`, which is not large; 0 where that is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from(u64::from(self.0.next_u32()).saturating_mul(limit) >> 32).unwrap_or_default()
    }

    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}
