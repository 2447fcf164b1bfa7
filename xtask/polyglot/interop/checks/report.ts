// Prints the result of a check as `cargo xtask interop` reads it: one line of JSON on stdout.

export interface Disagreement {
  name: string;
  expected: string;
  found: string;
}

/** A row of the table. `agreed`, `not_checkable` and the disagreements add up to `total`. */
export interface Row {
  language: string;
  check: string;
  agreed: number;
  not_checkable: number;
  total: number;
  disagreements: Disagreement[];
}

export type Verdict = "agreed" | "not checkable" | { expected: string; found: string };

/** Makes a row of the verdict on each item. */
export function row(language: string, check: string, verdicts: Iterable<[name: string, Verdict]>): Row {
  const row: Row = { language, check, agreed: 0, not_checkable: 0, total: 0, disagreements: [] };
  for (const [name, verdict] of verdicts) {
    row.total += 1;
    if (verdict === "agreed") row.agreed += 1;
    else if (verdict === "not checkable") row.not_checkable += 1;
    else row.disagreements.push({ name, ...verdict });
  }
  return row;
}

export function print(rows: Row[]): void {
  console.log(JSON.stringify(rows));
}
