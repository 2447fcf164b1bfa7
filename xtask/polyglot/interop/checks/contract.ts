// Reads the files of schemas/v1.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Json = null | boolean | number | string | Json[] | { [field: string]: Json };
export type JsonObject = { [field: string]: Json };

export interface Rule {
  code: string;
  path: string[];
  cel?: string;
}

export interface Vector {
  document?: Json;
  text?: string;
  catalogue?: { realms: number[]; sub_realms: number[] };
  valid: boolean;
  violations: { pointer: string; rule: string }[];
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("expected the folder of the schemas as first argument");
export const SCHEMAS: string = folder;

/** Reads a file as JSON, without a check of its type. */
export function read<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(SCHEMAS, ...path), "utf8")) as T;
}

/** The schemas, by file name. */
export const schemas: [name: string, JsonObject][] = readdirSync(SCHEMAS)
  .filter((name) => name.endsWith(".schema.json"))
  .map((name) => [name, read(name)]);

export const rules: Rule[] = read<{ rules: Rule[] }>("rules.json").rules;

/** The vectors, by name: `valid/NAME` and `invalid/NAME`. */
export const vectors: [name: string, Vector][] = ["valid", "invalid"].flatMap((kind) =>
  readdirSync(join(SCHEMAS, "vectors", kind))
    .sort()
    .map((file): [string, Vector] => [`${kind}/${file.replace(/\.json$/, "")}`, read("vectors", kind, file)]),
);

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
