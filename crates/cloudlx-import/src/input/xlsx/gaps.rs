//! Finds cells that look empty and may not be: formulas that no program has calculated, and cells that are merged with
//! others.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use calamine::{Data, Dimensions, Range, Reader, Xlsx, XlsxError};

use crate::input::columns::Columns;
use crate::input::error::{ReadError, RowProblem};

/// The gaps of a sheet.
pub(super) struct Gaps {
    /// The first column with a formula without a value, of each row that has one.
    formulas: BTreeMap<u32, u32>,
    merged: Vec<Dimensions>,
}

impl Gaps {
    pub(super) fn find<R: Read + Seek>(
        workbook: &mut Xlsx<R>,
        name: &str,
        sheet: &Range<Data>,
    ) -> Result<Self, XlsxError> {
        let all = workbook.worksheet_formula(name)?;
        let (first_row, first_column) = all.start().unwrap_or_default();
        let mut formulas = BTreeMap::new();
        for (row, column, _) in all.used_cells() {
            let place = (first_row + index(row), first_column + index(column));
            if matches!(sheet.get_value(place), None | Some(Data::Empty)) {
                formulas.entry(place.0).or_insert(place.1);
            }
        }
        Ok(Self { formulas, merged: workbook.merge_cells_by_sheet_name(name)? })
    }

    /// The last row in which there is a formula without a value.
    pub(super) fn last_row(&self) -> u32 {
        self.formulas.last_key_value().map_or(0, |(row, _)| *row)
    }

    /// A formula without a value in the header, or before it.
    pub(super) fn in_header(&self, header: u32) -> Option<ReadError> {
        let (row, column) = self.formulas.range(..=header).next()?;
        let cell = cell_name(*row, *column);
        let problem = format!(
            "the cell {cell} holds a formula that was not calculated: open the file in a spreadsheet program and save it there"
        );
        Some(ReadError::Workbook { problem })
    }

    /// The first unclear cell of a row.
    pub(super) fn in_row(&self, row: u32, cells: &[Data], columns: &Columns) -> Option<RowProblem> {
        if let Some(column) = self.formulas.get(&row) {
            let cell = cell_name(row, *column);
            return Some(RowProblem::NotCalculated { column: columns.at(*column as usize), cell });
        }
        if cells.iter().all(|cell| *cell == Data::Empty) {
            return None;
        }
        let is_of_row = |it: &&Dimensions| {
            (it.start.0..=it.end.0).contains(&row) && (it.start.1 as usize) < columns.count()
        };
        let Dimensions { start, end } = self.merged.iter().find(is_of_row)?;
        let cells = format!("{}:{}", cell_name(start.0, start.1), cell_name(end.0, end.1));
        Some(RowProblem::Merged { column: columns.at(start.1 as usize), cells })
    }
}

/// A sheet has 2^20 rows at most, and fewer columns.
fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The name of a cell, whose row and column count from 0: `A1`.
fn cell_name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or_default()));
        left = (left - 1) / 26;
    }
    letters.into_iter().rev().chain((row + 1).to_string().chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::cell_name;

    #[test]
    fn cells_are_named_as_spreadsheets_do() {
        for (row, column, name) in
            [(0, 0, "A1"), (6, 25, "Z7"), (0, 26, "AA1"), (9, 701, "ZZ10"), (0, 702, "AAA1")]
        {
            assert_eq!(cell_name(row, column), name);
        }
    }
}
