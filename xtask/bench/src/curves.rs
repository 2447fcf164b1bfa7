//! Writes curves as pictures and as tables.

use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use xtask_measure::{Curve, Line, Plot, Point};

use crate::plot::{self, number};

/// Why no curve was drawn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CurveError {
    #[error("could not draw the curve {name}")]
    Draw { name: String, source: plot::DrawError },
    #[error("could not write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// Draws each curve into a file with its name.
pub(super) fn draw(curves: &[Curve], folder: &Path) -> Result<(), CurveError> {
    fs::create_dir_all(folder).map_err(|source| CurveError::Write { path: folder.to_owned(), source })?;
    for curve in curves {
        let path = folder.join(&curve.name).with_extension("svg");
        let svg =
            plot::draw(curve).map_err(|source| CurveError::Draw { name: curve.name.clone(), source })?;
        fs::write(&path, svg + "\n").map_err(|source| CurveError::Write { path, source })?;
    }
    Ok(())
}

/// A Markdown section for each curve, with pictures from `folder`.
pub(super) fn parts(curves: &[Curve], folder: &str) -> String {
    let part = |curve: &Curve| {
        let Curve { name, title, about, x, plots } = curve;
        let costs = plots.iter().map(|plot| plot.y.as_str()).collect::<Vec<_>>().join(", and ");
        let picture =
            format!("![Plot of {costs}, over {x}: the tables have its points]({folder}/{name}.svg)");
        format!("### {title}\n\n{about}\n\n{picture}\n\n{}", tables(curve))
    };
    curves.iter().map(part).collect::<Vec<_>>().join("\n")
}

/// The points of each curve and the path of its picture.
pub(super) fn listed(curves: &[Curve]) -> String {
    let curve = |curve: &Curve| {
        let Curve { name, title, .. } = curve;
        format!("{title}, drawn in target/bench/{name}.svg\n\n{}\n", tables(curve))
    };
    curves.iter().map(curve).collect()
}

/// The points of each plot: a row for each x, a column for each line.
fn tables(curve: &Curve) -> String {
    let table = |plot: &Plot| {
        let Plot { y, lines } = plot;
        let mut places: Vec<_> = lines.iter().flat_map(|line| &line.points).map(|point| point.x).collect();
        places.sort_unstable();
        places.dedup();

        let head = row(curve.x.clone(), lines.iter().map(|line| line.name.clone()));
        let rule = row("---:".to_owned(), lines.iter().map(|_| "---:".to_owned()));
        let rows =
            places.into_iter().map(|x| row(number(f64::from(x)), lines.iter().map(|line| cell(line, x))));
        format!("*{y}*\n\n{head}{rule}{}", rows.collect::<String>())
    };
    curve.plots.iter().map(table).collect::<Vec<_>>().join("\n")
}

fn row(first: String, others: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", iter::once(first).chain(others).collect::<Vec<_>>().join(" | "))
}

/// The point of a line at `x`; empty if there is none.
fn cell(line: &Line, x: u32) -> String {
    let Some(Point { y, spread: [least, most], .. }) = line.points.iter().find(|point| point.x == x) else {
        return String::new();
    };
    let [y, least, most] = [y, least, most].map(|value| number(*value));
    if least == most { y } else { format!("{y} ({least} to {most})") }
}

#[cfg(test)]
mod tests {
    use xtask_measure::Ratios;

    use super::*;

    fn curve() -> Curve {
        let line = |name, points: &[(u32, f64)]| {
            // What is more than twenty is the same in every round.
            let spread = |y: f64| Ratios::new(if y > 20.0 { vec![y] } else { vec![y, y - 0.5, y + 0.5] });
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
                Plot { y: "memory in MiB".to_owned(), lines: vec![line("memory", &[(1_000, 23.4)])] },
            ],
        }
    }

    const TABLES: &str = "\
*time (alone = 1)*

| rows | alone | checked |
| ---: | ---: | ---: |
| 1 | 1 (0.5 to 1.5) | 2 (1.5 to 2.5) |
| 1,000 | 1.5 (1 to 2) |  |

*memory in MiB*

| rows | memory |
| ---: | ---: |
| 1,000 | 23.4 |
";

    #[test]
    fn a_table_has_every_point_and_a_place_without_one_is_empty() {
        assert_eq!(tables(&curve()), TABLES);
    }

    #[test]
    fn a_part_has_the_words_the_picture_and_the_tables() {
        let expected = format!(
            "### What grows\n\nIt grows.\n\n![Plot of time (alone = 1), and memory in MiB, over rows: the tables have its points]\
             (pictures/c.svg)\n\n{TABLES}"
        );
        assert_eq!(parts(&[curve()], "pictures"), expected);
    }

    #[test]
    fn each_picture_is_a_file_of_its_curve() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = folder.path().join("new");
        draw(&[curve()], &pictures).unwrap();
        assert!(fs::read_to_string(pictures.join("c.svg")).unwrap().starts_with("<svg "));
    }
}
