//! Draws a curve as SVG, on a white background for light and dark pages.
//!
//! Lines differ by colour and by mark; colour-blind people can tell the colours apart. A whisker at a point spans from the
//! least to the greatest measured value.

use std::io;
use std::ops::Range;

use plotters::coord::ranged1d::ValueFormatter;
use plotters::coord::{CoordTranslate, Shift};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use xtask_measure::{Curve, Line, Plot, Point};

/// Why a picture could not be drawn.
pub(super) type DrawError = DrawingAreaErrorKind<io::Error>;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The size in pixels, about as wide as a page of text.
const SIZE: (u32, u32) = (840, 440);

const FONT: &str = "sans-serif";
const INK: RGBColor = RGBColor(40, 40, 40);
const GRID: RGBColor = RGBColor(225, 225, 225);

/// Colours of Okabe and Ito, those with enough contrast to white first.
const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115), RGBColor(204, 121, 167)];

/// The height of a line of the legend.
const LEGEND_LINE: i32 = 22;

/// From this ratio of the greatest value to the least on, an axis is logarithmic.
const LOGARITHMIC: f64 = 20.0;

/// Draws the plots of a curve side by side.
pub(super) fn draw(curve: &Curve) -> Result<String, DrawError> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let title = (FONT, 22).into_font().style(FontStyle::Bold).color(&INK);
        let below = root.titled(&curve.title, title)?;
        for (area, plot) in below.split_evenly((1, curve.plots.len())).iter().zip(&curve.plots) {
            draw_plot(area, &curve.x, plot)?;
        }
        root.present()?;
    }
    Ok(svg)
}

/// A number for people: in groups of three digits, small ones with three significant digits.
pub(super) fn number(value: f64) -> String {
    let decimals = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let digits = whole.chars().count();
    let grouped = whole.chars().enumerate().flat_map(|(index, digit)| {
        let comma = index > 0 && (digits - index).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    });
    let grouped: String = grouped.collect();
    match rest.trim_end_matches('0') {
        "" => grouped,
        rest => format!("{grouped}.{rest}"),
    }
}

/// A short form for axes: 100k, 1M.
fn short(value: f64) -> String {
    match value {
        1_000_000.0.. => number(value / 1_000_000.0) + "M",
        1_000.0.. => number(value / 1_000.0) + "k",
        _ => number(value),
    }
}

fn draw_plot(area: &Area<'_>, x: &str, plot: &Plot) -> Result<(), DrawError> {
    let lines = i32::try_from(plot.lines.len()).unwrap_or(i32::MAX);
    let (legend, below) = area.split_vertically(lines * LEGEND_LINE);
    for ((line, style), row) in plot.lines.iter().zip(styles()).zip(0..) {
        let at = (30, row * LEGEND_LINE + LEGEND_LINE / 2);
        legend.draw(&PathElement::new([(at.0 - 12, at.1), (at.0 + 12, at.1)], style.stroke()))?;
        style.mark(&legend, at)?;
        let text = (FONT, 17).into_font().color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
        legend.draw(&Text::new(line.name.clone(), (at.0 + 20, at.1), text))?;
    }

    let points = || plot.lines.iter().flat_map(|line| &line.points);
    let horizontal = Axis::from_values(points().map(|point| f64::from(point.x)));
    let vertical = Axis::from_values(points().flat_map(|point| point.spread));
    let mut chart = ChartBuilder::on(&below);
    chart.margin(8).margin_right(20).x_label_area_size(50).y_label_area_size(70);
    match (horizontal, vertical) {
        (Axis::Linear(x_range), Axis::Linear(y_range)) => {
            draw_lines(&mut chart.build_cartesian_2d(x_range, y_range)?, x, plot)
        }
        (Axis::Linear(x_range), Axis::Logarithmic(y_range)) => {
            draw_lines(&mut chart.build_cartesian_2d(x_range, y_range.log_scale())?, x, plot)
        }
        (Axis::Logarithmic(x_range), Axis::Linear(y_range)) => {
            draw_lines(&mut chart.build_cartesian_2d(x_range.log_scale(), y_range)?, x, plot)
        }
        (Axis::Logarithmic(x_range), Axis::Logarithmic(y_range)) => {
            draw_lines(&mut chart.build_cartesian_2d(x_range.log_scale(), y_range.log_scale())?, x, plot)
        }
    }
}

fn draw_lines<X, Y>(
    chart: &mut ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Y>>,
    x: &str,
    plot: &Plot,
) -> Result<(), DrawError>
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let text = (FONT, 16).into_font().color(&INK);
    chart
        .configure_mesh()
        .x_desc(x)
        .y_desc(&plot.y)
        .x_labels(8)
        .y_labels(8)
        .max_light_lines(0)
        .bold_line_style(GRID)
        .axis_style(INK)
        .label_style(text.clone())
        .axis_desc_style(text)
        .x_label_formatter(&|value| short(*value))
        .y_label_formatter(&|value| short(*value))
        .draw()?;
    let area = chart.plotting_area();
    for (Line { points, .. }, style) in plot.lines.iter().zip(styles()) {
        let place = |point: &Point| (f64::from(point.x), point.y);
        area.draw(&PathElement::new(points.iter().map(place).collect::<Vec<_>>(), style.stroke()))?;
        for point in points {
            let ends = point.spread.map(|end| (f64::from(point.x), end));
            area.draw(&PathElement::new(ends, style.stroke()))?;
            style.mark(area, place(point))?;
        }
    }
    Ok(())
}

/// The scale and range of an axis.
#[derive(Debug, Clone, PartialEq)]
enum Axis {
    Linear(Range<f64>),
    Logarithmic(Range<f64>),
}

impl Axis {
    /// Linear from zero, or logarithmic if most values would be squeezed into a corner.
    fn from_values(values: impl Iterator<Item = f64> + Clone) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let greatest = values.fold(0.0, f64::max);
        if least > 0.0 && greatest >= least * LOGARITHMIC {
            return Self::Logarithmic(least / 1.6..greatest * 1.6);
        }
        // An axis with only zeros needs a range too.
        Self::Linear(0.0..if greatest > 0.0 { greatest * 1.1 } else { 1.0 })
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
struct Style {
    colour: RGBColor,
    /// The number of its mark.
    number: usize,
}

/// Styles for lines, in order.
fn styles() -> impl Iterator<Item = Style> {
    COLOURS.iter().cycle().enumerate().map(|(number, &colour)| Style { colour, number })
}

impl Style {
    fn stroke(self) -> ShapeStyle {
        self.colour.stroke_width(2)
    }

    /// Marks a point of `area`.
    fn mark<C>(self, area: &DrawingArea<SVGBackend<'_>, C>, at: C::From) -> Result<(), DrawError>
    where
        C: CoordTranslate<From: Clone + 'static>,
    {
        const RADIUS: i32 = 4;
        match self.number % 3 {
            0 => area.draw(&Circle::new(at, RADIUS, self.colour.filled())),
            1 => area.draw(&TriangleMarker::new(at, RADIUS + 2, self.colour.filled())),
            _ => area.draw(&Cross::new(at, RADIUS, self.stroke())),
        }
    }
}

#[cfg(test)]
mod tests {
    use xtask_measure::Ratios;

    use super::*;

    fn curve(points: &[(u32, f64)]) -> Curve {
        let lines = ["one", "two"].map(|name| {
            Line::new(name, points.iter().map(|&(x, y)| (x, Ratios::new(vec![y, y * 0.9, y * 1.1]))))
        });
        Curve {
            name: "c".to_owned(),
            title: "What grows".to_owned(),
            about: String::new(),
            x: "rows & more".to_owned(),
            plots: vec![
                Plot { y: "time".to_owned(), lines: lines.to_vec() },
                Plot { y: "memory in MiB".to_owned(), lines: lines[..1].to_vec() },
            ],
        }
    }

    #[test]
    fn a_picture_has_the_title_the_axes_the_legends_and_every_point() {
        let svg = draw(&curve(&[(1, 1.0), (1_000, 1.5), (1_000_000, 2.0)])).unwrap();
        for text in ["What grows", "rows &amp; more", "time", "memory in MiB", "one", "two", "1M"] {
            assert!(svg.contains(&format!("\n{text}\n")), "{text} is missing in {svg}");
        }
        // Three points of each line, and its mark in the legend.
        assert_eq!(svg.matches("<circle ").count(), 2 * (3 + 1));
        assert_eq!(svg.matches("<polygon ").count(), 3 + 1);
        // Of the first line in each plot: in the legend, from point to point, and a whisker at each of the three.
        assert_eq!(
            svg.matches(r##"<polyline fill="none" opacity="1" stroke="#0072B2""##).count(),
            2 * (1 + 1 + 3)
        );
        assert!(svg.contains(r##"fill="#FFFFFF""##), "the ground is opaque");
    }

    #[test]
    fn noughts_alone_can_be_drawn() {
        draw(&curve(&[(0, 0.0), (5, 0.0)])).unwrap();
    }

    #[test]
    fn an_axis_is_logarithmic_where_values_lie_far_apart() {
        let axis = |values: &[f64]| Axis::from_values(values.iter().copied());
        assert_eq!(axis(&[1.0, 10.0]), Axis::Linear(0.0..11.0));
        assert_eq!(axis(&[16.0, 1_000.0]), Axis::Logarithmic(10.0..1_600.0));
        assert_eq!(axis(&[0.0, 1_000.0]), Axis::Linear(0.0..1_100.0));
        assert_eq!(axis(&[0.0]), Axis::Linear(0.0..1.0));
    }

    #[test]
    fn an_axis_says_thousands_and_millions() {
        let texts = [0.5, 999.0, 1_000.0, 1_500.0, 100_000.0, 1_000_000.0].map(short);
        assert_eq!(texts, ["0.5", "999", "1k", "1.5k", "100k", "1M"]);
    }

    #[test]
    fn numbers_are_short_and_grouped() {
        let numbers = [0.0, 0.25, 0.311_4, 1.189, 1.5, 10.815, 999.6, 1_000.0, 1_234_567.0].map(number);
        assert_eq!(numbers, ["0", "0.25", "0.311", "1.19", "1.5", "10.8", "1,000", "1,000", "1,234,567"]);
    }
}
