"""Checks every vector with jsonschema and the CEL rules: verdict and places must be those of the vector."""

import json
import re
from collections.abc import Iterator

import cel
from contract import SCHEMAS, Json, below, read, rules, vectors
from jsonschema import Draft202012Validator, SchemaError, ValidationError
from report import AGREED, NOT_CHECKABLE, Disagreement, Row, Verdict, print_rows, row

RULES = rules()


class Found:
    """The places where a document is wrong; `typed` are those with a wrong type."""

    def __init__(self, validator: Draft202012Validator, document: Json) -> None:
        self.pointers: set[str] = set()
        self.typed: set[str] = set()
        for error in validator.iter_errors(document):
            self.pointers.update(places(error))
            if error.validator == "type":
                self.typed.add(pointer_of(error))


def pointer_of(error: ValidationError) -> str:
    pointer = ""
    for field in error.absolute_path:
        pointer = below(pointer, field)
    return pointer


def places(error: ValidationError) -> list[str]:
    """Moves the place from the parent, where jsonschema reports missing, unknown and repeated items, to the item itself."""
    at, value = pointer_of(error), error.instance
    match error.validator:
        case "required":
            return [below(at, field) for field in error.validator_value if field not in value]
        case "additionalProperties":
            return [below(at, field) for field in value if field not in error.schema["properties"]]
        case "uniqueItems":
            return [below(at, index) for index in repeated(value)]
        case _:
            return [at]


def repeated(array: list[Json]) -> list[int]:
    """The positions of elements that repeat an earlier one."""
    texts = [json.dumps(element) for element in array]
    return [index for index, text in enumerate(texts) if text in texts[:index]]


def elements(rule: Json, document: Json) -> Iterator[tuple[str, Json, str]]:
    """The elements that a rule with a path like `/realms/*` checks: field, element, pointer."""
    for path in rule["path"]:
        field = path.removeprefix("/").removesuffix("/*")
        if path != f"/{field}/*":
            raise ValueError(f"expected of {rule['code']} a path like /field/*, found {path}")
        array = document.get(field)
        for index, element in enumerate(array if isinstance(array, list) else []):
            yield field, element, below(f"/{field}", index)


def judged_by_cel(rule: Json, document: Json, by_schema: Found) -> Iterator[str]:
    """The verdict of a rule on one element: that on the document whose array has only this element."""
    for field, element, pointer in elements(rule, document):
        if pointer in by_schema.pointers or in_doubt(rule["cel"], field, by_schema):
            continue
        if cel.evaluate(rule["cel"], {"this": document | {field: [element]}}) is not True:
            yield pointer


def in_doubt(expression: str, field: str, by_schema: Found) -> bool:
    """Whether a rule applies: one that compares fields does not if another of them has a wrong type."""
    others = set(re.findall(r"\bthis\.(\w+)", expression)) - {field}
    return any(place.split("/")[1:2] == [other] for other in others for place in by_schema.typed)


def judged_by_catalogue(vector: Json, document: Json, by_schema: Found) -> Iterator[str]:
    """Ids that do not exist."""
    catalogue = vector.get("catalogue", {})
    known = {"realm-unknown": catalogue.get("realms"), "sub-realm-unknown": catalogue.get("sub_realms")}
    for rule in RULES:
        ids = known.get(rule["code"])
        if ids is None:
            continue
        for _, element, pointer in elements(rule, document):
            if pointer not in by_schema.pointers and element not in ids:
                yield pointer


def judge(validator: Draft202012Validator, vector: Json) -> Verdict:
    if "document" in vector:
        document = vector["document"]
    elif any(violation["rule"] == "repeated-field" for violation in vector["violations"]):
        # json.loads silently keeps the last of two fields with the same name.
        return NOT_CHECKABLE
    else:
        try:
            document = json.loads(vector["text"])
        except json.JSONDecodeError:
            return compare(vector, {""})
    by_schema = Found(validator, document)
    found = set(by_schema.pointers)
    if isinstance(document, dict):
        for rule in RULES:
            if "cel" in rule:
                found.update(judged_by_cel(rule, document, by_schema))
        found.update(judged_by_catalogue(vector, document, by_schema))
    return compare(vector, found)


def compare(vector: Json, pointers: set[str]) -> Verdict:
    expected = {violation["pointer"] for violation in vector["violations"]}
    if vector["valid"] == (not pointers) and expected == pointers:
        return AGREED
    return Disagreement(json.dumps(sorted(expected)), json.dumps(sorted(pointers)))


def schemas() -> Row:
    """Checks that each schema is valid."""

    def verdict(schema: Json) -> Verdict:
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            return Disagreement("a schema", error.message)
        return AGREED

    files = sorted(SCHEMAS.glob("*.schema.json"))
    return row("Python", "jsonschema takes the schemas", [(file.name, verdict(read(file))) for file in files])


def main() -> None:
    request = Draft202012Validator(read(SCHEMAS / "create-customer.request.schema.json"))
    judged = [(name, judge(request, vector)) for name, vector in vectors()]
    print_rows([schemas(), row("Python", "jsonschema + CEL on the vectors", judged)])


if __name__ == "__main__":
    main()
