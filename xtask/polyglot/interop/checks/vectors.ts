// Checks every vector with ajv and the CEL rules: verdict and places must be those of the vector.

import { evaluate } from "@marcbachmann/cel-js";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

import { isObject, type Json, read, type Rule, rules, schemas, type Vector, vectors } from "./contract.js";
import { print, row, type Verdict } from "./report.js";

/** The places where a document is wrong; `typed` are those with a wrong type. */
interface Found {
  pointers: Set<string>;
  typed: Set<string>;
}

function judgedBySchema(validate: ValidateFunction, document: Json): Found {
  const found: Found = { pointers: new Set(), typed: new Set() };
  if (validate(document)) return found;
  for (const error of validate.errors ?? []) {
    for (const pointer of places(error)) found.pointers.add(pointer);
    if (error.keyword === "type") found.typed.add(error.instancePath);
  }
  return found;
}

/** Moves the place from the parent, where ajv reports missing, unknown and repeated items, to the item itself. */
function places(error: ErrorObject): string[] {
  const at = error.instancePath;
  switch (error.keyword) {
    case "required":
      return [below(at, String(error.params["missingProperty"]))];
    case "additionalProperties":
      return [below(at, String(error.params["additionalProperty"]))];
    case "uniqueItems":
      return repeated(error.data as Json[]).map((index) => below(at, String(index)));
    default:
      return [at];
  }
}

function below(pointer: string, field: string): string {
  return `${pointer}/${field.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The positions of elements that repeat an earlier one. */
function repeated(array: Json[]): number[] {
  const texts = array.map((element) => JSON.stringify(element));
  return [...texts.keys()].filter((index) => texts.indexOf(texts[index] ?? "") < index);
}

/** The verdict of a rule on one element: that on the document whose array has only this element. */
function judgedByCel(rule: Rule, expression: string, document: Json, bySchema: Found): string[] {
  if (!isObject(document)) return [];
  return elements(rule, document)
    .filter(({ pointer }) => !bySchema.pointers.has(pointer) && !inDoubt(expression, pointer, bySchema))
    .filter(({ field, element }) => evaluate(expression, { this: { ...document, [field]: [element] } }) !== true)
    .map(({ pointer }) => pointer);
}

/** Whether a rule applies: one that compares fields does not if another of them has a wrong type. */
function inDoubt(expression: string, pointer: string, { typed }: Found): boolean {
  const fields = [...expression.matchAll(/\bthis\.(\w+)/g)].map(([, field]) => `/${field}`);
  const others = fields.filter((field) => !pointer.startsWith(`${field}/`));
  return others.some((field) => [...typed].some((place) => place === field || place.startsWith(`${field}/`)));
}

/** The elements that a rule with a path like `/realms/*` checks. */
function elements(rule: Rule, document: { [field: string]: Json }) {
  return rule.path.flatMap((path) => {
    const field = /^\/(\w+)\/\*$/.exec(path)?.[1];
    if (field === undefined) throw new Error(`expected of ${rule.code} a path like /field/*, found ${path}`);
    const array = document[field];
    return (Array.isArray(array) ? array : []).map((element, index) => ({
      field,
      element,
      pointer: below(`/${field}`, String(index)),
    }));
  });
}

/** Ids that do not exist. */
function judgedByCatalogue(vector: Vector, document: Json, bySchema: Found): string[] {
  const { catalogue } = vector;
  if (catalogue === undefined || !isObject(document)) return [];
  const known: Record<string, number[]> = {
    "realm-unknown": catalogue.realms,
    "sub-realm-unknown": catalogue.sub_realms,
  };
  return rules
    .flatMap((rule) => elementsUnknown(rule, known[rule.code], document))
    .filter((pointer) => !bySchema.pointers.has(pointer));
}

function elementsUnknown(rule: Rule, known: number[] | undefined, document: { [field: string]: Json }): string[] {
  if (known === undefined) return [];
  return elements(rule, document)
    .filter(({ element }) => !known.includes(element as number))
    .map(({ pointer }) => pointer);
}

function judge(validate: ValidateFunction, vector: Vector): Verdict {
  let document = vector.document;
  if (document === undefined) {
    // JSON.parse silently keeps the last of two fields with the same name.
    if (vector.violations.some(({ rule }) => rule === "repeated-field")) return "not checkable";
    try {
      document = JSON.parse(vector.text ?? "") as Json;
    } catch {
      return compare(vector, new Set([""]));
    }
  }
  const bySchema = judgedBySchema(validate, document);
  const found = new Set(bySchema.pointers);
  for (const rule of rules) {
    if (rule.cel === undefined) continue;
    for (const pointer of judgedByCel(rule, rule.cel, document, bySchema)) found.add(pointer);
  }
  for (const pointer of judgedByCatalogue(vector, document, bySchema)) found.add(pointer);
  return compare(vector, found);
}

function compare(vector: Vector, pointers: Set<string>): Verdict {
  const expected = JSON.stringify([...new Set(vector.violations.map(({ pointer }) => pointer))].sort());
  const found = JSON.stringify([...pointers].sort());
  return vector.valid === (pointers.size === 0) && expected === found ? "agreed" : { expected, found };
}

function reader(strict: boolean): Ajv2020 {
  const ajv = new Ajv2020({ strict, allErrors: true, verbose: true });
  addFormats.default(ajv);
  if (strict) ajv.addVocabulary(["x-cloudlx-source", "x-cloudlx-rules", "x-enum-descriptions"]);
  return ajv;
}

const ajv = reader(true);
const lenient = reader(false);
const compiled = new Map<string, ValidateFunction>();
const compilation = schemas.map(([name, schema]): [string, Verdict] => {
  try {
    compiled.set(name, ajv.compile(schema));
    return [name, "agreed"];
  } catch (error) {
    // ajv warns once for each schema; that is not about documents.
    compiled.set(name, lenient.compile(schema));
    return [name, { expected: "a schema that ajv takes in strict mode", found: String(error) }];
  }
});
const REQUEST = "create-customer.request.schema.json";
const request = compiled.get(REQUEST);
if (request === undefined) throw new Error(`expected ${REQUEST} among the schemas, found none`);
const judged = vectors.map(([name, vector]): [string, Verdict] => [name, judge(request, vector)]);
/** The other published files, and the examples in the schemas. */
const published: [name: string, schema: string, document: Json][] = [
  ["rules.json", "rules.schema.json", read("rules.json")],
  ...vectors.map(([name, vector]): [string, string, Json] => [name, "vector.schema.json", vector as unknown as Json]),
  ...schemas.flatMap(([name, schema]) =>
    (Array.isArray(schema["examples"]) ? schema["examples"] : []).map(
      (example, index): [string, string, Json] => [`${name}, example ${index}`, name, example],
    ),
  ),
];
const met = published.map(([name, schema, document]): [string, Verdict] => {
  const validate = compiled.get(schema);
  if (validate?.(document)) return [name, "agreed"];
  const found = validate ? ajv.errorsText(validate.errors) : `no ${schema}`;
  return [name, { expected: `what ${schema} describes`, found }];
});
print([
  row("JavaScript", "ajv takes the schemas, strict", compilation),
  row("JavaScript", "rules, vectors, examples meet their schemas", met),
  row("JavaScript", "ajv + cel-js on the vectors", judged),
]);
