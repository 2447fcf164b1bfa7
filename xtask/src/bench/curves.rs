//! Curves: as tables, and where their pictures go.

use std::fs;
use std::path::Path;

use cloudlx_bench::{Curve, Line, Point};

use super::BenchError;
use super::plot::{self, number};

/// Draws each curve into a file of its name.
pub(super) fn draw(curves: &[Curve], folder: &Path) -> Result<(), BenchError> {
    fs::create_dir_all(folder).map_err(|source| BenchError::Write { path: folder.to_owned(), source })?;
    for curve in curves {
        let path = folder.join(&curve.name).with_extension("svg");
        let svg =
            plot::draw(curve).map_err(|source| BenchError::Draw { name: curve.name.clone(), source })?;
        fs::write(&path, svg + "\n").map_err(|source| BenchError::Write { path, source })?;
    }
    Ok(())
}

/// A part of a page in Markdown for each curve, with the pictures out of `folder`.
pub(super) fn parts(curves: &[Curve], folder: &str) -> String {
    let part = |curve: &Curve| {
        let Curve { name, title, about, .. } = curve;
        format!("### {title}\n\n{about}\n\n![{}]({folder}/{name}.svg)\n\n{}", described(curve), table(curve))
    };
    curves.iter().map(part).collect::<Vec<_>>().join("\n")
}

/// The points: a line for each place, a column for each line of the plots.
pub(super) fn table(curve: &Curve) -> String {
    let lines = || curve.plots.iter().flat_map(|plot| plot.lines.iter().map(move |line| (plot, line)));
    let mut places: Vec<_> = lines().flat_map(|(_, line)| &line.points).map(|point| point.x).collect();
    places.sort_unstable();
    places.dedup();

    let names = lines().map(|(plot, line)| format!(" {}: {} |", line.name, plot.y));
    let head = format!("| {} |{}\n", curve.x, names.collect::<String>());
    let rule = "| ---: ".repeat(lines().count() + 1) + "|\n";
    let rows = places.into_iter().map(|x| {
        let cells = lines().map(|(_, line)| format!(" {} |", cell(line, x)));
        format!("| {} |{}\n", number(f64::from(x)), cells.collect::<String>())
    });
    [head, rule].into_iter().chain(rows).collect()
}

/// The picture in words, for those who do not see it.
fn described(curve: &Curve) -> String {
    let plots = curve.plots.iter().map(|plot| {
        let ends = plot.lines.iter().filter_map(|line| {
            let (first, last) = (line.points.first()?, line.points.last()?);
            let [(from, begin), (to, end)] =
                [first, last].map(|point| (number(f64::from(point.x)), number(point.y)));
            Some(format!("{} from {begin} at {from} to {end} at {to}", line.name))
        });
        format!("{}: {}", plot.y, ends.collect::<Vec<_>>().join(", "))
    });
    format!("Plot over {}. {}. The table has all points.", curve.x, plots.collect::<Vec<_>>().join(". "))
}

/// What was measured at a place, if it was.
fn cell(line: &Line, x: u32) -> String {
    let Some(Point { y, spread: [least, most], .. }) = line.points.iter().find(|point| point.x == x) else {
        return String::new();
    };
    format!("{} ({} to {})", number(*y), number(*least), number(*most))
}

#[cfg(test)]
mod tests {
    use cloudlx_bench::{Plot, Ratios};

    use super::*;

    fn curve() -> Curve {
        let line = |name, points: &[(u32, f64)]| {
            let spread = |y: f64| Ratios::of(vec![y, y - 0.5, y + 0.5]);
            Line::new(name, points.iter().map(|&(x, y)| (x, spread(y))))
        };
        let times = vec![line("alone", &[(1, 1.0), (1_000, 1.5)]), line("checked", &[(1, 2.0)])];
        Curve {
            name: "c".to_owned(),
            title: "What grows".to_owned(),
            about: "It grows.".to_owned(),
            x: "rows".to_owned(),
            plots: vec![
                Plot { y: "time (alone = 1)".to_owned(), lines: times },
                Plot { y: "MiB".to_owned(), lines: vec![line("memory", &[(1_000, 23.4)])] },
            ],
        }
    }

    #[test]
    fn a_table_has_every_point_and_a_place_without_one_is_empty() {
        let expected = "\
| rows | alone: time (alone = 1) | checked: time (alone = 1) | memory: MiB |
| ---: | ---: | ---: | ---: |
| 1 | 1 (0.5 to 1.5) | 2 (1.5 to 2.5) |  |
| 1,000 | 1.5 (1 to 2) |  | 23.4 (22.9 to 23.9) |
";
        assert_eq!(table(&curve()), expected);
    }

    #[test]
    fn a_part_links_the_picture_and_says_what_is_in_it() {
        let parts = parts(&[curve()], "pictures");
        let picture = "![Plot over rows. time (alone = 1): alone from 1 at 1 to 1.5 at 1,000, checked from 2 at 1 to 2 \
                       at 1. MiB: memory from 23.4 at 1,000 to 23.4 at 1,000. The table has all points.](pictures/c.svg)";
        assert!(
            parts.starts_with(&format!("### What grows\n\nIt grows.\n\n{picture}\n\n| rows |")),
            "{parts}"
        );
    }

    #[test]
    fn each_picture_is_a_file_of_its_curve() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = folder.path().join("new");
        draw(&[curve()], &pictures).unwrap();
        assert!(fs::read_to_string(pictures.join("c.svg")).unwrap().starts_with("<svg "));
    }
}
