"""Prints the result of a check as `cargo xtask interop` reads it: one line of JSON on stdout."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

AGREED = "agreed"
NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True)
class Disagreement:
    """The verdict of a vector, and the one that was found."""

    expected: str
    found: str


Verdict = str | Disagreement


@dataclass
class Row:
    """A row of the table. `agreed`, `not_checkable` and the disagreements add up to `total`."""

    language: str
    check: str
    agreed: int = 0
    not_checkable: int = 0
    total: int = 0
    disagreements: list[dict[str, str]] = field(default_factory=list)


def row(language: str, check: str, verdicts: Iterable[tuple[str, Verdict]]) -> Row:
    """Makes a row of the verdict on each item."""
    result = Row(language, check)
    for name, verdict in verdicts:
        result.total += 1
        if isinstance(verdict, Disagreement):
            result.disagreements.append({"name": name, **asdict(verdict)})
        elif verdict == AGREED:
            result.agreed += 1
        else:
            result.not_checkable += 1
    return result


def print_rows(rows: list[Row]) -> None:
    """Prints the line."""
    print(json.dumps([asdict(it) for it in rows]))
