"""What a check found, in the form that `cargo xtask interop` reads: one line of JSON on stdout."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

AGREED = "agreed"
NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True)
class Disagreement:
    """What a vector says, and what was found."""

    expected: str
    found: str


Verdict = str | Disagreement


@dataclass
class Row:
    """A line of the table. `agreed`, `not_checkable` and the disagreements add up to `total`."""

    language: str
    check: str
    agreed: int = 0
    not_checkable: int = 0
    total: int = 0
    disagreements: list[dict[str, str]] = field(default_factory=list)


def row(language: str, check: str, verdicts: Iterable[tuple[str, Verdict]]) -> Row:
    """A row from the verdict on each thing that was looked at."""
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
    """The line."""
    print(json.dumps([asdict(it) for it in rows]))
