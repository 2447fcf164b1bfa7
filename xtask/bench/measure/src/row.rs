//! A row of the table.

use serde::{Deserialize, Serialize};

use crate::Ratios;

/// The result of a benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The group, whose rows run together.
    pub group: String,
    /// Our side.
    pub what: String,
    /// The other side; empty for a row with a unit.
    pub against: String,
    /// The unit of the median and the spread, if they are no ratios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The median.
    pub ratio: f64,
    /// The least and the greatest value.
    pub spread: [f64; 2],
    /// The goal in words.
    pub goal: Option<String>,
    /// Whether the median meets the goal.
    pub met: Option<bool>,
}

/// The goal of a ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
    /// No goal: the ratio is only reported.
    None,
}

impl Row {
    /// A row of ratios.
    #[must_use]
    pub fn new(group: &str, what: &str, against: &str, ratios: &Ratios, goal: Goal) -> Self {
        let median = ratios.median();
        let (goal, met) = match goal {
            Goal::AtMost(most) => (Some(format!("≤ {most:.2}")), Some(median <= most)),
            Goal::AtLeast(least) => (Some(format!("≥ {least:.2}")), Some(median >= least)),
            Goal::None => (None, None),
        };
        let [group, what, against] = [group, what, against].map(str::to_owned);
        Self { group, what, against, unit: None, ratio: median, spread: ratios.spread(), goal, met }
    }

    /// A row of figures in a unit, without another side.
    #[must_use]
    pub fn figure(group: &str, what: &str, unit: &str, figures: &Ratios, goal: Goal) -> Self {
        Self { unit: Some(unit.to_owned()), ..Self::new(group, what, "", figures, goal) }
    }

    /// Combines the rows of several runs: for each row the median run, with the spread of all.
    #[must_use]
    pub fn together(runs: Vec<Vec<Self>>) -> Vec<Self> {
        let mut runs: Vec<_> = runs.into_iter().map(Vec::into_iter).collect();
        std::iter::from_fn(|| runs.iter_mut().map(Iterator::next).collect()).map_while(Self::middle).collect()
    }

    fn middle(mut found: Vec<Self>) -> Option<Self> {
        found.sort_unstable_by(|one, other| one.ratio.total_cmp(&other.ratio));
        let spreads = found.iter().map(|row| row.spread);
        let spread = spreads.reduce(|[least, most], [low, high]| [least.min(low), most.max(high)])?;
        let middle = found.len() / 2;
        Some(Self { spread, ..found.into_iter().nth(middle)? })
    }
}

/// Prints rows, or curves, as `cargo xtask bench` reads them: one line, a JSON array.
///
/// # Errors
///
/// When a ratio is no number.
pub fn print<T: Serialize>(found: &[T]) -> Result<(), serde_json::Error> {
    println!("{}", serde_json::to_string(found)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_meets_the_goal_or_misses_it() {
        let ratios = Ratios::new(vec![1.0, 1.2, 1.4]);
        let met = |goal| Row::new("g", "w", "a", &ratios, goal).met;
        assert_eq!(met(Goal::AtMost(1.2)), Some(true));
        assert_eq!(met(Goal::AtMost(1.19)), Some(false));
        assert_eq!(met(Goal::AtLeast(1.2)), Some(true));
        assert_eq!(met(Goal::AtLeast(1.21)), Some(false));
        assert_eq!(met(Goal::None), None);
    }

    #[test]
    fn several_runs_are_one_of_the_run_in_the_middle_and_as_wide_as_all() {
        let run = |ratio: f64| {
            let ratios = |by: f64| Ratios::new(vec![ratio * by - 0.1, ratio * by, ratio * by + 0.1]);
            vec![
                Row::new("g", "1", "a", &ratios(1.0), Goal::AtMost(1.0)),
                Row::new("g", "2", "a", &ratios(-1.0), Goal::None),
            ]
        };
        let rows = Row::together(vec![run(2.0), run(0.5), run(1.0)]);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].what.as_str(), rows[0].ratio, rows[0].met), ("1", 1.0, Some(true)));
        assert_eq!((rows[0].spread, rows[1].spread), ([0.4, 2.1], [-2.1, -0.4]));
        assert_eq!(Row::together(vec![run(3.0)]), run(3.0));
        assert_eq!(Row::together(Vec::new()), []);
    }

    #[test]
    fn a_figure_has_a_unit_and_a_ratio_has_none() {
        let ratios = Ratios::new(vec![1.0, 1.2, 1.4]);
        let figure = Row::figure("g", "w", "ms", &ratios, Goal::AtMost(2.0));
        assert_eq!((figure.unit.as_deref(), figure.met), (Some("ms"), Some(true)));
        let json = serde_json::to_string(&Row::new("g", "w", "a", &ratios, Goal::None)).unwrap();
        assert!(!json.contains("unit"), "{json}");
        assert_eq!(serde_json::from_str::<Row>(&json).unwrap().unit, None);
    }
}
