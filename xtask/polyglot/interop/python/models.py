"""Pydantic models from the OpenAPI document, and their verdict on every vector.

What is valid must be read, and written again as it was; what breaks a rule that models can say must be refused.
"""

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from contract import SCHEMAS, Json, vectors
from pydantic import BaseModel, ValidationError
from report import AGREED, NOT_CHECKABLE, Disagreement, Verdict, print_rows, row

# The generator leaves out `not` and `uniqueItems`. No model can express rules about two fields or a catalogue.
SAYABLE = re.compile(
    "json-syntax|wrong-type|missing-field|unknown-field|blank|too-long|id-out-of-range|email-format"
    "|(currency|country)-(format|unknown|withdrawn|not-billable)"
)


def generate() -> type[BaseModel]:
    package = Path("generated")
    package.mkdir(exist_ok=True)
    (package / "__init__.py").touch()
    options = {
        "--input": str(SCHEMAS / "openapi.json"),
        "--input-file-type": "openapi",
        "--output": str(package / "models.py"),
        "--output-model-type": "pydantic_v2.BaseModel",
        "--target-python-version": "3.11",
        "--enum-field-as-literal": "all",
        "--formatters": "builtin",
    }
    flags = ["--use-annotated", "--collapse-root-models", "--disable-timestamp"]
    command = [sys.executable, "-m", "datamodel_code_generator", *flags]
    subprocess.run(command + [word for option in options.items() for word in option], check=True)
    sys.path.insert(0, ".")
    models: Any = import_module("generated.models")
    return models.CreateCustomer


def is_sayable(violation: Json, document: Json) -> bool:
    # Pydantic reads "2" as 2 unless it is strict; and then it refuses 1.0 as an integer.
    pointer, rule = violation["pointer"], violation["rule"]
    is_digits = rule == "wrong-type" and pointer.count("/") == 2 and str(value_at(document, pointer)).isdecimal()
    return bool(SAYABLE.fullmatch(rule)) and not is_digits


def value_at(document: Json, pointer: str) -> Json:
    for field in pointer.split("/")[1:]:
        if isinstance(document, list):
            document = document[int(field)]
        else:
            document = document.get(field.replace("~1", "/").replace("~0", "~")) if isinstance(document, dict) else None
    return document


def refusal(model: type[BaseModel], text: str) -> str | None:
    try:
        model.model_validate_json(text)
    except ValidationError as error:
        return str(error)
    return None


def judge(model: type[BaseModel], vector: Json) -> Verdict:
    document = vector.get("document")
    if not vector["valid"] and not any(is_sayable(violation, document) for violation in vector["violations"]):
        return NOT_CHECKABLE
    found = refusal(model, vector.get("text") or json.dumps(document))
    if vector["valid"]:
        return AGREED if found is None else Disagreement("accepted", found)
    return AGREED if found is not None else Disagreement("refused", "accepted")


def round_trip(model: type[BaseModel], document: Json) -> Verdict:
    try:
        written = model.model_validate(document).model_dump_json(exclude_unset=True)
    except ValidationError as error:
        return Disagreement("accepted", str(error))
    return AGREED if json.loads(written) == document else Disagreement(json.dumps(document), written)


def main() -> None:
    model = generate()
    every = vectors()
    judged = [(name, judge(model, vector)) for name, vector in every]
    written = [(name, round_trip(model, vector["document"])) for name, vector in every if vector["valid"]]
    print_rows(
        [
            row("Python", "pydantic models on the vectors", judged),
            row("Python", "pydantic models, read and written", written),
        ]
    )


if __name__ == "__main__":
    main()
