// Lints the OpenAPI documents of the API and of the stub's control API with the recommended rules of Redocly and Spectral.
// Errors and warnings both count.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { SCHEMAS } from "./contract.js";
import { print, row, type Verdict } from "./report.js";

const DOCUMENTS = ["openapi.json", "stub.openapi.json"];

/** Runs a linter. Its exit code is ignored, since its output is checked. */
function run(tool: string, args: string[]): unknown {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const result = spawnSync(join("node_modules", ".bin", tool), args, { encoding: "utf8", env });
  try {
    return JSON.parse(result.stdout);
  } catch {
    throw new Error(`expected JSON from ${tool}, found ${result.stdout || result.stderr}`);
  }
}

interface Problem {
  rule: string;
  message: string;
  where: string;
}

function redocly(document: string): Problem[] {
  const report = run("redocly", ["lint", "--extends=recommended", "--format=json", join(SCHEMAS, document)]) as {
    problems: { ruleId: string; message: string; location: { pointer?: string }[] }[];
  };
  return report.problems.map(({ ruleId, message, location }) => ({
    rule: ruleId,
    message,
    where: location[0]?.pointer ?? "",
  }));
}

function spectral(document: string): Problem[] {
  const ruleset = "spectral.json";
  writeFileSync(ruleset, JSON.stringify({ extends: [["spectral:oas", "recommended"]] }));
  const args = ["lint", "--ruleset", ruleset, "--format=json", "--quiet", join(SCHEMAS, document)];
  const report = run("spectral", args) as { code: string; message: string; path: string[] }[];
  return report.map(({ code, message, path }) => ({ rule: code, message, where: `#/${path.join("/")}` }));
}

function verdicts(lint: (document: string) => Problem[]): [string, Verdict][] {
  return DOCUMENTS.flatMap((document): [string, Verdict][] => {
    const problems = lint(document);
    if (problems.length === 0) return [[document, "agreed"]];
    return problems.map(({ rule, message, where }) => [
      `${document} ${where}`,
      { expected: "no error and no warning", found: `${rule}: ${message}` },
    ]);
  });
}

print([
  row("OpenAPI", "Redocly, recommended", verdicts(redocly)),
  row("OpenAPI", "Spectral, recommended", verdicts(spectral)),
]);
