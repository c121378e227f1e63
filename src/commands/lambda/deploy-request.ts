import type { AwsPlace } from "../../core/deploy/aws-place.ts";
import type { StackKind } from "../../core/deploy/template/templates.ts";
import { DdbrError } from "../../core/errors.ts";
import { parseStoreLocation, type S3Location } from "../../core/store/store-location.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { accessOption } from "../options/access.ts";

/** What was found out before a stack is planned. */
export interface Prepared {
  /** The template's, beside those that were given. */
  parameters: Record<string, string>;
  /** One line each. */
  warnings: string[];
  /** The table's stream is off: turns it on. Until then there is nothing to plan with. */
  stream?: { table: string; turnOn(signal: AbortSignal): Promise<string> };
}

/** What a new stack cannot be made without. */
export interface Needed {
  /** The template's. */
  parameter: string;
  option: string;
  /** What that is to say. */
  what: string;
}

/** What is to be deployed: checked, but nothing looked up yet. */
export interface DeployRequest {
  kind: StackKind;
  name: string;
  place: AwsPlace;
  /** Where the bundle is put; undefined: where the stack has it. */
  code: S3Location | undefined;
  /** The template's, as far as they were given. */
  parameters: Record<string, string>;
  /** Of what may be left out where the stack has it. */
  needed?: readonly Needed[];
  dryRun: boolean;
  yes: boolean;
  /** Looks at what it is to work on. @param region the stack's. @throws DdbrError where that cannot do */
  prepare(signal: AbortSignal, region: string): Promise<Prepared>;
}

export interface DeployWords {
  name?: string | undefined;
  code?: string | undefined;
  profile?: string | undefined;
  roleArn?: string | undefined;
  externalId?: string | undefined;
  dryRun: boolean;
  yes: boolean;
}

/** A function's name is no longer. */
const LONGEST_NAME = 64;
/** How the longer name of a stack's functions ends, where it has several. */
const ENDINGS: Partial<Record<StackKind, string>> = { runner: "-segment" };

/** @param subject what the stack is of, for its name where none is given. @throws DdbrError `usage` */
export function parseDeployWords(
  kind: StackKind,
  words: DeployWords,
  subject?: string,
): Pick<DeployRequest, "kind" | "name" | "code" | "dryRun" | "yes"> & { access: AccessOptions } {
  const { dryRun, yes } = words;
  const longest = LONGEST_NAME - (ENDINGS[kind] ?? "").length;
  const of = subject === undefined ? "" : `-${subject.replace(/[^a-zA-Z0-9-]/g, "-")}`;
  return {
    kind,
    name: stackName(words.name, longest) ?? `ddbr-${kind}${of}`.slice(0, longest),
    code: codePlace(words.code),
    dryRun,
    yes,
    access: accessOption("--", words.profile, words.roleArn, words.externalId),
  };
}

function stackName(text: string | undefined, longest: number): string | undefined {
  if (text === undefined || (/^[a-zA-Z][a-zA-Z0-9-]*$/.test(text) && text.length <= longest)) return text;
  throw new DdbrError("usage", `--name is ${JSON.stringify(text)}, no stack's name`, {
    hint: `letters, digits and hyphens, a letter first, up to ${longest}`,
  });
}

function codePlace(text: string | undefined): S3Location | undefined {
  if (text === undefined) return undefined;
  const place = parseStoreLocation(text);
  if (place.kind === "s3") return place;
  throw new DdbrError("usage", `--code is ${JSON.stringify(text)}, no place in S3`, {
    hint: "Lambda takes code from a bucket only: s3://bucket/prefix",
  });
}
