//! Reads any bytes as a CSV file. `cargo test` replays the corpus; CONTRIBUTING says how to fuzz further.

use std::convert::Infallible;

use serde_json::Value;

use super::*;

/// A file as it was read: its columns, once a row has shown them, and the line and content of each row.
#[derive(Default)]
struct Read {
    columns: Option<Columns>,
    rows: Vec<(u64, Row)>,
}

#[derive(Debug, PartialEq)]
enum Row {
    Request(Value),
    Unreadable(RowProblem),
}

#[test]
fn csv_reader() {
    bolero::check!().with_iterations(1_000).for_each(|text: &[u8]| {
        let Ok(found) = read_all(text) else { return };
        lines_are_where_rows_begin(text, &found.rows);
        quoted_they_are_the_same(&found);
    });
}

/// Each row has its own line, and reading from that line on finds the same row and those after it.
fn lines_are_where_rows_begin(text: &[u8], rows: &[(u64, Row)]) {
    assert!(rows.is_sorted_by(|(before, _), (after, _)| before < after), "{rows:?}");
    let begin = |line: u64| text.split_at(beginning_of(text, line));
    let Some((first, _)) = rows.first() else { return };
    let (header, _) = begin(*first);
    for (index, (line, _)) in rows.iter().enumerate().take(8) {
        let (_, rest) = begin(*line);
        let from_there = read_all(&[header, rest].concat()).unwrap().rows;
        let contents =
            |rows: &[(u64, Row)]| rows.iter().map(|(_, row)| format!("{row:?}")).collect::<Vec<_>>();
        assert_eq!(contents(&from_there), contents(&rows[index..]), "from line {line} on");
    }
}

/// Where a line begins, in bytes. Lines end with `\n`, `\r\n` or `\r`.
fn beginning_of(text: &[u8], line: u64) -> usize {
    let is_end =
        |index: &usize| text[*index] == b'\n' || text[*index] == b'\r' && text.get(index + 1) != Some(&b'\n');
    let mut ends = (0..text.len()).filter(is_end);
    match usize::try_from(line).unwrap().checked_sub(2) {
        Some(end) => ends.nth(end).unwrap() + 1,
        None => 0,
    }
}

/// The same rows with quotes around every cell.
fn quoted_they_are_the_same(found: &Read) {
    let Some(columns) = &found.columns else { return };
    let names: Vec<_> = (0..columns.count()).map(|index| columns.at(index).name).collect();
    let requests: Vec<_> = found.rows.iter().filter_map(|(_, row)| written(row, &names)).collect();
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    writer.write_record(&names).unwrap();
    for (_, cells) in &requests {
        writer.write_record(cells).unwrap();
    }
    let again = read_all(&writer.into_inner().unwrap()).unwrap().rows;
    let again: Vec<_> = again.into_iter().map(|(_, row)| row).collect();
    assert_eq!(again.iter().collect::<Vec<_>>(), requests.iter().map(|(row, _)| *row).collect::<Vec<_>>());
}

/// A request as cells; none for an unreadable row, and where an id is missing between semicolons, for its cells are ambiguous.
fn written<'a>(row: &'a Row, names: &[String]) -> Option<(&'a Row, Vec<String>)> {
    let Row::Request(request) = row else { return None };
    let cell = |name: &String| match &request[name] {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Array(ids) => {
            let ids: Vec<_> =
                ids.iter().map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).collect();
            ids.iter().all(|id| !id.is_empty()).then(|| ids.join(";"))
        }
        other => panic!("{other}"),
    };
    Some((row, names.iter().map(cell).collect::<Option<_>>()?))
}

fn read_all(text: &[u8]) -> Result<Read, ReadError> {
    let mut all = Read::default();
    let _ = read::<Infallible>(text, &mut |row| {
        all.rows.push(match row {
            RawRow::Json { line, json, columns } => {
                all.columns = columns.cloned();
                (line, Row::Request(serde_json::from_slice(json).unwrap()))
            }
            RawRow::Unreadable { line, problem } => (line, Row::Unreadable(problem)),
        });
        ControlFlow::Continue(())
    })?;
    Ok(all)
}
