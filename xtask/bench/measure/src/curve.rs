//! How a cost grows.

use serde::{Deserialize, Serialize};

use crate::Ratios;

/// What a benchmark found of a cost that grows with something. `cargo xtask bench` draws it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// In one word, which names its file.
    pub name: String,
    /// What the cost grows with, as a heading.
    pub title: String,
    /// What was measured, in sentences.
    pub about: String,
    /// The axis from left to right, with its unit.
    pub x: String,
    /// What costs: of each kind a plot of its own, side by side.
    pub plots: Vec<Plot>,
}

/// Lines over one axis from bottom to top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plot {
    /// The axis, with its unit: of times, what is 1.
    pub y: String,
    /// At least one.
    pub lines: Vec<Line>,
}

/// Points that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// As the legend has it.
    pub name: String,
    /// From left to right.
    pub points: Vec<Point>,
}

/// A cost at one place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// How much there was of what the cost grows with.
    pub x: u32,
    /// The median.
    pub y: f64,
    /// The least and the most.
    pub spread: [f64; 2],
}

impl Line {
    /// A line through what was measured at each place.
    #[must_use]
    pub fn new(name: &str, points: impl IntoIterator<Item = (u32, Ratios)>) -> Self {
        let point =
            |(x, measured): (u32, Ratios)| Point { x, y: measured.median(), spread: measured.spread() };
        Self { name: name.to_owned(), points: points.into_iter().map(point).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_has_the_median_and_the_ends() {
        let line = Line::new("l", [(10, Ratios::new(vec![3.0, 1.0, 2.0]))]);
        assert_eq!(line.points, [Point { x: 10, y: 2.0, spread: [1.0, 3.0] }]);
    }
}
