//! Chooses the faults of the stub for each of its starts in a world.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::faults::kind::{CREATE, Kind, Worlds};
use crate::world::random::Random;
use crate::world::{Nature, World};

/// In this many consecutive worlds every kind almost certainly acts at least once.
pub(crate) const ALL_ACT_WITHIN: u64 = 40;

/// In one of this many worlds a kind is certain to be armed. The world may still end too early for it, so each kind is
/// certain in several worlds.
const EVERY: u64 = 10;

/// How often each kind of fault acted.
pub(crate) type Hits = BTreeMap<String, u64>;

/// The faults of one start of the stub.
#[derive(Debug)]
pub(crate) struct Armed {
    /// The content of the file of faults.
    pub(crate) schedule: Value,
    /// The kinds of its faults, in their order.
    connections: Vec<String>,
    requests: Vec<String>,
}

impl Armed {
    /// The faults of these kinds at the stub's `start`th start, counted from 0. They differ from start to start, since the stub
    /// starts to count anew and would repeat the same faults.
    pub(crate) fn for_start(world: &World, kinds: &[Kind], start: u64) -> Self {
        let mut random = Random::new(world.seed, 1 + start);
        let mut armed = Self { schedule: Value::Null, connections: Vec::new(), requests: Vec::new() };
        let (mut connections, mut requests) = (Vec::new(), Vec::new());
        for (number, kind) in (0..).zip(kinds) {
            let is_due = number % EVERY == world.seed % EVERY;
            let faults = faults(kind, world, start, is_due, &mut random);
            let (list, names) = match kind.endpoint {
                Some(_) => (&mut requests, &mut armed.requests),
                None => (&mut connections, &mut armed.connections),
            };
            for fault in faults {
                list.push(fault);
                names.push(kind.name.clone());
            }
        }
        let seed = world.seed.wrapping_mul(1_000_003).wrapping_add(start);
        armed.schedule = json!({ "seed": seed, "connections": connections, "requests": requests });
        armed
    }

    /// The hits in the stub's report, by kind.
    pub(crate) fn hits(&self, report: &Value) -> Hits {
        let mut hits = Hits::new();
        for (list, names) in [("connections", &self.connections), ("requests", &self.requests)] {
            let reported = report.get(list).and_then(Value::as_array).into_iter().flatten();
            for (fault, name) in reported.zip(names) {
                let hit = fault.get("hit").and_then(Value::as_u64).unwrap_or_default();
                *hits.entry(name.clone()).or_default() += hit;
            }
        }
        hits
    }
}

/// The faults of a kind at one start: by chance, and one early fault more if the kind is due.
fn faults(kind: &Kind, world: &World, start: u64, is_due: bool, random: &mut Random) -> Vec<Value> {
    // Always drawn, as below.
    let action = kind.actions.get(random.below(kind.actions.len()));
    let fault = |limits: Value| {
        let mut fault = json!({ "do": action });
        if let (Some(fault), Value::Object(limits)) = (fault.as_object_mut(), limits) {
            fault.extend(kind.endpoint.map(|endpoint| ("endpoint".to_owned(), endpoint.into())));
            fault.extend(limits);
        }
        fault
    };
    // Always drawn, so that a new kind does not change the numbers of all others.
    let (chosen, chance, place) = (random.below(1_000), random.below(1_000), random.below(1_000));
    let by_chance = |most: f64| fault(json!({ "probability": most * (1.0 + per_mille(chance)) / 2.0 }));
    let once = |within: usize| fault(json!({ "from": 1 + place % within, "times": 1 }));
    if !kind.worlds.have(world) {
        return Vec::new();
    }
    if kind.worlds != Worlds::All {
        if start < world.first_start() {
            // First the import must learn that responses are altered.
            return if kind.is_an_altered_answer() {
                vec![fault(json!({ "probability": 0.1 }))]
            } else {
                Vec::new()
            };
        }
        return match kind.worlds {
            // A run lists twice, and decides by the second list.
            Worlds::Of(Nature::LeavesOut) | Worlds::Paged => {
                // All pages of a list together are hit as often as a list without pages.
                let often = if world.page_size.is_some() { 0.015 } else { 0.06 };
                vec![fault(json!({ "probability": often })), once(6)]
            }
            _ => vec![fault(json!({ "probability": 0.002 })), once(100)],
        };
    }
    let (share, most, within) = match kind.endpoint {
        None => (300, 0.01, 20),
        Some(CREATE) => (300, 0.010, 100),
        Some(_) => (100, 0.10, 1),
    };
    let mut faults = Vec::new();
    if is_due {
        faults.push(once(within));
    }
    if chosen < share {
        faults.push(by_chance(most));
    }
    faults
}

fn per_mille(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(1_000)) / 1_000.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::faults::catalogue;
    use crate::world::Times;

    #[test]
    fn every_kind_is_due_in_several_of_the_worlds_in_a_row_in_which_all_should_act() {
        let times = Times::for_rows(100);
        let kinds = catalogue::all(&times);
        let all: BTreeSet<_> = kinds.iter().map(|kind| kind.name.clone()).collect();
        for first in [0, 7, 1_000] {
            let mut due: BTreeMap<String, usize> = BTreeMap::new();
            for seed in first..first + ALL_ACT_WITHIN {
                let world = World::from_seed(seed, 100);
                let armed = Armed::for_start(&world, &kinds, world.first_start());
                for (list, names) in [("connections", &armed.connections), ("requests", &armed.requests)] {
                    let faults = armed.schedule.get(list).and_then(Value::as_array).unwrap();
                    let once = faults.iter().zip(names).filter(|(fault, _)| fault.get("times").is_some());
                    once.for_each(|(_, name)| *due.entry(name.clone()).or_default() += 1);
                }
            }
            let often: BTreeSet<_> =
                due.into_iter().filter(|(_, times)| *times >= 4).map(|(name, _)| name).collect();
            assert_eq!(all.difference(&often).collect::<Vec<_>>(), Vec::<&String>::new(), "from {first}");
        }
    }

    #[test]
    fn a_seed_gives_the_same_again_and_a_start_something_else() {
        let world = World::from_seed(3, 100);
        let kinds = catalogue::all(&world.times);
        let schedule = |world: &World, start| Armed::for_start(world, &kinds, start).schedule;
        assert_eq!(schedule(&world, 1), schedule(&World::from_seed(3, 100), 1));
        assert_ne!(schedule(&world, 1), schedule(&world, 2));
    }

    #[test]
    fn hits_are_counted_by_kind() {
        let world = World::from_seed(3, 100);
        let armed = Armed::for_start(&world, &catalogue::all(&world.times), 0);
        let requests: Vec<_> = armed.requests.iter().map(|_| json!({ "hit": 2 })).collect();
        let hits = armed.hits(&json!({ "connections": [], "requests": requests }));
        assert_eq!(hits.values().sum::<u64>(), 2 * armed.requests.len() as u64);
    }
}
