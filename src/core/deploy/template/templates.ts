import { BACKUP } from "./backup.ts";
import { REPLICATOR } from "./replicator.ts";
import { SNAPSHOT } from "./snapshot.ts";
import type { Template } from "./template.ts";

/** What can be deployed. */
export const STACK_KINDS = ["replicator", "backup", "snapshot"] as const;
export type StackKind = (typeof STACK_KINDS)[number];

export const TEMPLATES: Readonly<Record<StackKind, Template>> = {
  replicator: REPLICATOR,
  backup: BACKUP,
  snapshot: SNAPSHOT,
};

const INDENT = 2;

/** The template as YAML, as it lies in `templates/`. */
export function templateText(kind: StackKind): string {
  // What is in two places is written twice: CloudFormation knows no aliases.
  const template = JSON.parse(JSON.stringify(TEMPLATES[kind]));
  const yaml = Bun.YAML.stringify(template, null, INDENT);
  // Others, by the YAML of 2005, take it for a date.
  return `${yaml.replace(/(?<=: )\d{4}-\d\d-\d\d$/gm, '"$&"').trimEnd()}\n`;
}

/** What a stack with these parameters was deployed as; undefined where it is none of ours. */
export function kindOfStack(parameters: Readonly<Record<string, string>>): StackKind | undefined {
  return STACK_KINDS.find((kind) =>
    Object.entries(TEMPLATES[kind].Parameters).every(
      ([name, { Default }]) => Default !== undefined || name in parameters,
    ),
  );
}
