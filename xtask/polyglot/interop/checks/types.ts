// Generates types from the schemas, and compiles every vector against them: valid documents must have the type, and
// documents that break a rule about types must not. Compiles the program too.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { isObject, type Json, SCHEMAS, type Vector, vectors } from "./contract.js";
import { print, row, type Row, type Verdict } from "./report.js";

const GENERATED = "generated";

/** The import of `CreateCustomer`, by the tool that generated it. */
const IMPORTS = {
  "openapi-typescript":
    'import type { components } from "./api.js"; type CreateCustomer = components["schemas"]["CreateCustomer"];',
  "json-schema-to-typescript": 'import type { CreateCustomer } from "./create-customer.request.js";',
};

/** Rules that types can express: shape and codes. The others concern the text of a string, the size of a number, or two fields. */
const SAYABLE =
  /^(wrong-type|missing-field|unknown-field|(currency|country)-(format|unknown|withdrawn|not-billable))$/;

function bin(tool: string): string {
  return join("node_modules", ".bin", tool);
}

function generate(): void {
  mkdirSync(GENERATED, { recursive: true });
  const quiet = { stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"] };
  execFileSync(bin("openapi-typescript"), [join(SCHEMAS, "openapi.json"), "-o", join(GENERATED, "api.ts")], quiet);
  for (const name of ["create-customer.request", "customer"]) {
    const files = ["-i", join(SCHEMAS, `${name}.schema.json`), "-o", join(GENERATED, `${name}.ts`)];
    execFileSync(bin("json2ts"), files, quiet);
  }
}

/** Writes one vector a line, so that the line of a message identifies the vector. */
function program(imports: string): string {
  const lines = vectors.map(([, vector], index) => {
    if (vector.document === undefined) return `// ${index}: no document`;
    return `export const vector${index}: CreateCustomer = ${literal(vector.document)};`;
  });
  return `${imports}\n${lines.join("\n")}\n`;
}

/** JSON as TypeScript in one line: U+2028 and U+2029 end lines in TypeScript, but not in JSON. */
function literal(document: Json): string {
  return JSON.stringify(document).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** The compiler's messages, by file and line. */
function compile(): { file: string; line: number; message: string }[] {
  const tsc = spawnSync(bin("tsc"), ["-p", "typescript", "--pretty", "false"], { encoding: "utf8" });
  const messages = [...tsc.stdout.matchAll(/^(\S+?)\((\d+),\d+\): (.*)$/gm)];
  if (tsc.status !== 0 && messages.length === 0) throw new Error(`tsc failed: ${tsc.stdout}${tsc.stderr}`);
  return messages.map(([, file = "", line = "", message = ""]) => ({ file, line: Number(line), message }));
}

function expectation(vector: Vector): "accepted" | "refused" | "not checkable" {
  if (vector.valid) return "accepted";
  const { document } = vector;
  if (document === undefined) return "not checkable";
  const sayable = vector.violations.some(
    // TypeScript has only `number`, for integers too.
    ({ pointer, rule }) => SAYABLE.test(rule) && !isFraction(valueAt(document, pointer)),
  );
  return sayable ? "refused" : "not checkable";
}

function isFraction(value: Json | undefined): boolean {
  return typeof value === "number" && !Number.isInteger(value);
}

function valueAt(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const part of pointer.split("/").slice(1)) {
    const field = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = value[Number(field)];
    else value = isObject(value) ? value[field] : undefined;
  }
  return value;
}

function verdict(vector: Vector, message: string | undefined): Verdict {
  const expected = expectation(vector);
  if (expected === "not checkable") return expected;
  const found = message === undefined ? "accepted" : "refused";
  return found === expected ? "agreed" : { expected, found: message ?? found };
}

generate();
const files = Object.entries(IMPORTS).map(([tool, imports]) => {
  const file = `${GENERATED}/vectors-of-${tool}.ts`;
  writeFileSync(file, program(imports));
  return { tool, file };
});
const messages = compile();

const rows: Row[] = files.map(({ tool, file }) => {
  const byLine = new Map(messages.filter((it) => it.file === file).map(({ line, message }) => [line, message]));
  const judged = vectors.map(([name, vector], index): [string, Verdict] => [
    name,
    // The first line has the imports, and lines are counted from one.
    verdict(vector, byLine.get(index + 2)),
  ]);
  return row("TypeScript", `${tool}, tsc --strict, on the vectors`, judged);
});
const sources = readdirSync("typescript").filter((name) => name.endsWith(".ts")).map((name) => `typescript/${name}`);
const tools = ["api", "create-customer.request", "customer"].map((name) => `${GENERATED}/${name}.ts`);
const compiled = [...sources, ...tools].map((file): [string, Verdict] => {
  const message = messages.find((it) => it.file === file);
  return [file, message ? { expected: "no error", found: `line ${message.line}: ${message.message}` } : "agreed"];
});
rows.push(row("TypeScript", "types and programs compile, tsc --strict", compiled));
print(rows);
