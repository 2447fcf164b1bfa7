"""Reads the files of schemas/v1."""

import json
import sys
from pathlib import Path
from typing import Any

# A value of `json`: dict, list, str, int, float, bool or None.
Json = Any

SCHEMAS = Path(sys.argv[1])


def read(path: Path) -> Json:
    """A file as JSON."""
    return json.loads(path.read_text(encoding="utf-8"))


def rules() -> list[Json]:
    """The rules, in their order."""
    return read(SCHEMAS / "rules.json")["rules"]


def vectors() -> list[tuple[str, Json]]:
    """The vectors, by name: `valid/NAME` and `invalid/NAME`."""
    folder = SCHEMAS / "vectors"
    files = [file for kind in ("valid", "invalid") for file in sorted((folder / kind).glob("*.json"))]
    return [(file.relative_to(folder).with_suffix("").as_posix(), read(file)) for file in files]


def below(pointer: str, field: str | int) -> str:
    """The pointer to a child."""
    escaped = str(field).replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{escaped}"
