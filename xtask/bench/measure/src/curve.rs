//! A cost that grows.

use serde::{Deserialize, Serialize};

use crate::Ratios;

/// How a cost grows with something, as a benchmark measured it. `cargo xtask bench` draws it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// One word, the name of its file.
    pub name: String,
    /// What the cost grows with, as a heading.
    pub title: String,
    /// A description of the measurement.
    pub about: String,
    /// The label of the horizontal axis, with its unit.
    pub x: String,
    /// A plot for each kind of cost, side by side.
    pub plots: Vec<Plot>,
}

/// Lines over one vertical axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plot {
    /// The label of the axis, with its unit; for times, what 1 means.
    pub y: String,
    /// At least one.
    pub lines: Vec<Line>,
}

/// A line of points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its name in the legend.
    pub name: String,
    /// From left to right.
    pub points: Vec<Point>,
}

/// The cost at one x.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The amount that the cost grows with.
    pub x: u32,
    /// The median.
    pub y: f64,
    /// The least and the greatest value.
    pub spread: [f64; 2],
}

impl Line {
    /// A line through the measurements at each x.
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
