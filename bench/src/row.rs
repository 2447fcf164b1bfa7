//! A line of the table.

use serde::{Deserialize, Serialize};

use crate::Ratios;

/// What a benchmark found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Rows of one group are run together.
    pub group: String,
    /// Our side.
    pub what: String,
    /// The other side; empty where there is none, and the row has a unit.
    pub against: String,
    /// The unit of the median and the spread, where they are no ratios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The median.
    pub ratio: f64,
    /// The least and the most.
    pub spread: [f64; 2],
    /// What the ratio should be, in words.
    pub goal: Option<String>,
    /// Whether the median is that.
    pub met: Option<bool>,
}

/// What a ratio should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
    /// Nothing: the ratio is for the reader.
    None,
}

impl Row {
    /// A row of these.
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

    /// A row of what was measured against nothing, in a unit.
    #[must_use]
    pub fn figure(group: &str, what: &str, unit: &str, figures: &Ratios, goal: Goal) -> Self {
        Self { unit: Some(unit.to_owned()), ..Self::new(group, what, "", figures, goal) }
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
        let ratios = Ratios::of(vec![1.0, 1.2, 1.4]);
        let met = |goal| Row::new("g", "w", "a", &ratios, goal).met;
        assert_eq!(met(Goal::AtMost(1.2)), Some(true));
        assert_eq!(met(Goal::AtMost(1.19)), Some(false));
        assert_eq!(met(Goal::AtLeast(1.2)), Some(true));
        assert_eq!(met(Goal::AtLeast(1.21)), Some(false));
        assert_eq!(met(Goal::None), None);
    }

    #[test]
    fn a_figure_has_a_unit_and_a_ratio_has_none() {
        let ratios = Ratios::of(vec![1.0, 1.2, 1.4]);
        let figure = Row::figure("g", "w", "ms", &ratios, Goal::AtMost(2.0));
        assert_eq!((figure.unit.as_deref(), figure.met), (Some("ms"), Some(true)));
        let json = serde_json::to_string(&Row::new("g", "w", "a", &ratios, Goal::None)).unwrap();
        assert!(!json.contains("unit"), "{json}");
        assert_eq!(serde_json::from_str::<Row>(&json).unwrap().unit, None);
    }
}
