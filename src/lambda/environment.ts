import { DdbrError } from "../core/errors.ts";
import type { Turnover } from "../core/stream/replay-batch.ts";
import type { AccessOptions } from "../core/table/access.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with a variable. */
export function wrongVariable(name: string, problem: string, hint?: string): DdbrError {
  return new DdbrError("usage", problem, { subject: name, hint });
}

/** A variable's value; one that is set to nothing is not set. */
export function optional(env: Environment, name: string): string | undefined {
  return env[name] || undefined;
}

export function required(env: Environment, name: string, what: string): string {
  const value = optional(env, name);
  if (value === undefined) throw wrongVariable(name, "is not set", `it holds ${what}`);
  return value;
}

export function choice<Word extends string>(
  env: Environment,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const value = optional(env, name);
  if (value === undefined) return undefined;
  const word = words.find((one) => one === value);
  if (word === undefined) {
    throw wrongVariable(name, `is ${JSON.stringify(value)}, not one of ${words.join(", ")}`);
  }
  return word;
}

/** Two variables of which one says nothing without the other. */
export function together(env: Environment, one: string, other: string): [string, string] | undefined {
  const [first, second] = [optional(env, one), optional(env, other)];
  if (first !== undefined && second !== undefined) return [first, second];
  if (first === undefined && second === undefined) return undefined;
  const [missing, set] = first === undefined ? [one, other] : [other, one];
  throw wrongVariable(missing, `is not set, but ${set} is`, "set both or neither");
}

/** An http address, without slashes at its end. */
export function endpoint(env: Environment, name: string): string | undefined {
  const value = optional(env, name);
  if (value === undefined) return undefined;
  const url = URL.parse(value);
  if (url !== null && (url.username !== "" || url.password !== "")) {
    throw wrongVariable(name, "holds a user name or password", "credentials are in variables of their own");
  }
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw wrongVariable(
      name,
      `is ${JSON.stringify(value)}, no address such as https://dynamodb.eu-west-1.amazonaws.com`,
    );
  }
  return value.replace(/\/+$/, "");
}

/** Whole seconds, in milliseconds. */
export function seconds(env: Environment, name: string): number | undefined {
  const value = optional(env, name);
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(value)) {
    throw wrongVariable(name, `is ${JSON.stringify(value)}, not whole seconds`);
  }
  return Number(value) * 1000;
}

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

export function region(env: Environment, name: string): string | undefined {
  const value = optional(env, name);
  if (value === undefined || REGION.test(value)) return value;
  throw wrongVariable(name, `is ${JSON.stringify(value)}, no region such as eu-west-1`);
}

type AccessPrefix = "Replica" | "Backup" | "Snapshot" | "State";

/** Credentials, or a role to assume, as variables that begin with `prefix` name them. */
export function access(env: Environment, prefix: AccessPrefix): AccessOptions {
  const keys = together(env, `${prefix}AccessKeyId`, `${prefix}SecretAccessKey`);
  const roleArn = optional(env, `${prefix}Role`);
  const externalId = optional(env, `${prefix}ExternalId`);
  if (roleArn !== undefined && !/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(roleArn)) {
    throw wrongVariable(`${prefix}Role`, `is ${JSON.stringify(roleArn)}, no role's ARN`);
  }
  if (externalId !== undefined && roleArn === undefined) {
    throw wrongVariable(`${prefix}Role`, `is not set, but ${prefix}ExternalId is`);
  }
  return {
    ...(keys && { keys: { accessKeyId: keys[0], secretAccessKey: keys[1] } }),
    ...(roleArn !== undefined && { roleArn }),
    ...(externalId !== undefined && { externalId }),
  };
}

/** What is below it, DynamoDB being younger, is seconds. */
const FIRST_TURNOVER_MS = 1e11;
/** What a `Date` can hold. */
const LATEST_MS = 8.64e15;

/** For handing a stream over from one function to another: both are told the same moment. */
export function turnover(env: Environment): Turnover | undefined {
  const role = choice(env, "TurnoverRole", ["BEFORE", "AFTER"]);
  const both = together(env, "TurnoverRole", "TurnoverAt");
  if (both === undefined || role === undefined) return undefined;
  const at = Number(both[1]);
  if (!/^\d+$/.test(both[1]) || at < FIRST_TURNOVER_MS || at > LATEST_MS) {
    throw wrongVariable("TurnoverAt", `is ${JSON.stringify(both[1])}, not milliseconds since 1970`);
  }
  return { role, at };
}
