import { BACKUP } from "./backup.ts";
import { REPLICATOR } from "./replicator.ts";
import { RUNNER } from "./runner.ts";
import { SNAPSHOT } from "./snapshot.ts";
import type { Template } from "./template.ts";

/** What can be deployed. */
export const STACK_KINDS = ["replicator", "backup", "snapshot", "runner"] as const;
export type StackKind = (typeof STACK_KINDS)[number];

export const TEMPLATES: Readonly<Record<StackKind, Template>> = {
  replicator: REPLICATOR,
  backup: BACKUP,
  snapshot: SNAPSHOT,
  runner: RUNNER,
};

const INDENT = 2;

/** The template as YAML, as it lies in `templates/`. */
export function templateText(kind: StackKind): string {
  // What is in two places is written twice: CloudFormation knows no aliases.
  const template = JSON.parse(JSON.stringify(TEMPLATES[kind]));
  const yaml = Bun.YAML.stringify(template, null, INDENT);
  // Others, by the YAML of 2005, take it for a date.
  const dated = yaml.replace(/(?<=: )\d{4}-\d\d-\d\d$/gm, '"$&"');
  return `${dated.replace(LINES, asBlock).trimEnd()}\n`;
}

/** A text of several lines, in quotes. */
const LINES = /^( *)(\w+): ("(?:[^"\\]|\\.)*\\n")$/gm;

/** Written so that it can be read. */
function asBlock(_: string, indent: string, name: string, quoted: string): string {
  const lines = (JSON.parse(quoted) as string).trimEnd().split("\n");
  return [`${indent}${name}: |`, ...lines.map((line) => `${indent}${" ".repeat(INDENT)}${line}`)].join("\n");
}

/** What a stack with these parameters was deployed as; undefined where it is none of ours. */
export function kindOfStack(parameters: Readonly<Record<string, string>>): StackKind | undefined {
  return STACK_KINDS.find((kind) =>
    Object.entries(TEMPLATES[kind].Parameters).every(
      ([name, { Default }]) => Default !== undefined || name in parameters,
    ),
  );
}
