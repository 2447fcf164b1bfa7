//! What the benchmarks of this workspace measure with.
//!
//! Machines are noisy, and a time measured on one says nothing on another. So a benchmark has two sides, which are
//! measured alternately in one process; what it reports is the ratio of the two in each of several rounds: the median,
//! the least and the most. `cargo xtask bench` runs the benchmarks, prints their [`Row`]s as one table, and draws their
//! [`Curve`]s.
#![forbid(unsafe_code)]

mod curve;
mod measure;
mod row;

pub use curve::{Curve, Line, Plot, Point};
pub use measure::{Measure, Ratios};
pub use row::{Goal, Row, print};
