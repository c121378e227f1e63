import { describe, expect, spyOn, test } from "bun:test";
import { join } from "node:path";
import { DdbrError, describeError } from "../../src/core/errors.ts";
import { createBackup } from "../../src/lambda/backup.ts";
import { createCollect } from "../../src/lambda/collect.ts";
import { beforeTimeout, untilLastMoment } from "../../src/lambda/deadline.ts";
import { createReplicate } from "../../src/lambda/replicate.ts";
import { createSegment } from "../../src/lambda/segment.ts";
import { createSnapshot } from "../../src/lambda/snapshot.ts";
import { runProgram } from "../helpers/cli.ts";
import { contextWith } from "./functions.ts";

type Variables = Record<string, string>;
type Case = [variable: string, env: Variables, says: string | RegExp];

const REPLICATE: Variables = { ReplicaTable: "orders-copy", ReplicaRegion: "eu-west-1" };
const BACKUP: Variables = { BackupBucket: "backups-of-orders", BackupPrefix: "dynamodb" };
const SNAPSHOT: Variables = {
  SnapshotSource: "s3://backups-of-orders/dynamodb/orders",
  SnapshotDestination: "s3://backups-of-orders/snapshots/orders.gz",
};
const ARN = "arn:aws:dynamodb:us-west-2:123456789012:table/orders-copy";
const ROLE = "arn:aws:iam::123456789012:role/writer";

const FUNCTIONS = {
  replicate: createReplicate,
  backup: createBackup,
  snapshot: createSnapshot,
  segment: createSegment,
  collect: createCollect,
};

/** The variable that is named, and the line it is named in. */
function refusalOf(
  name: keyof typeof FUNCTIONS,
  env: Variables,
): { variable: string | undefined; line: string } {
  try {
    FUNCTIONS[name](env);
  } catch (error) {
    if (!(error instanceof DdbrError) || error.code !== "usage") throw error;
    return { variable: error.subject, line: describeError(error) };
  }
  throw new Error("it is accepted");
}

function without(env: Variables, ...names: string[]): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

/** What is wrong with the variables that begin with `prefix` whichever function has them. */
function ofAnyAccess(prefix: string): Case[] {
  return [
    [`${prefix}Region`, { [`${prefix}Region`]: "Ireland" }, /"Ireland", no region/],
    [`${prefix}Endpoint`, { [`${prefix}Endpoint`]: "localhost:8000" }, /no address/],
    [`${prefix}Endpoint`, { [`${prefix}Endpoint`]: "http://a?b=c" }, /no address/],
    [`${prefix}Endpoint`, { [`${prefix}Endpoint`]: "http://me:secret@host" }, /^(?!.*secret).*password/],
    [
      `${prefix}SecretAccessKey`,
      { [`${prefix}AccessKeyId`]: "AKIA" },
      `not set, but ${prefix}AccessKeyId is`,
    ],
    [`${prefix}AccessKeyId`, { [`${prefix}SecretAccessKey`]: "geheim" }, /^(?!.*geheim)/],
    [`${prefix}Role`, { [`${prefix}Role`]: "writer" }, /no role's ARN/],
    [`${prefix}Role`, { [`${prefix}ExternalId`]: "abc" }, `not set, but ${prefix}ExternalId is`],
  ];
}

const OF_TURNOVER: Case[] = [
  ["TurnoverAt", { TurnoverRole: "BEFORE" }, "not set, but TurnoverRole is"],
  ["TurnoverRole", { TurnoverAt: "1795132800000" }, "not set, but TurnoverAt is"],
  ["TurnoverRole", { TurnoverRole: "before", TurnoverAt: "1795132800000" }, "BEFORE, AFTER"],
  ["TurnoverAt", { TurnoverRole: "AFTER", TurnoverAt: "2026-11-20T00:00:00Z" }, "milliseconds"],
  ["TurnoverAt", { TurnoverRole: "AFTER", TurnoverAt: "-5" }, "milliseconds"],
  // Seconds: one function would do everything, and the other nothing.
  ["TurnoverAt", { TurnoverRole: "AFTER", TurnoverAt: "1795132800" }, "milliseconds"],
  ["TurnoverAt", { TurnoverRole: "AFTER", TurnoverAt: "9".repeat(20) }, "milliseconds"],
];

function ofABucket(prefix: string): Case[] {
  return [
    [`${prefix}BucketOwner`, { [`${prefix}BucketOwner`]: "1234" }, "12 digits"],
    [`${prefix}StorageClass`, { [`${prefix}StorageClass`]: "cold, please" }, "STANDARD_IA"],
    [`${prefix}StorageClass`, { [`${prefix}StorageClass`]: "DEEP_ARCHIVE" }, "GLACIER_IR"],
  ];
}

describe("replicate", () => {
  test.each<Case>([
    ["ReplicaTable", without(REPLICATE, "ReplicaTable"), "not set"],
    ["ReplicaTable", { ...REPLICATE, ReplicaTable: "" }, "not set"],
    ["ReplicaTable", { ...REPLICATE, ReplicaTable: "eu-west-1/orders" }, "no table's name"],
    ["ReplicaTable", { ...REPLICATE, ReplicaTable: "or ders" }, "white space"],
    ["ReplicaTable", { ...REPLICATE, ReplicaTable: "ab" }, "3 to 255"],
    [
      "ReplicaTable",
      { ReplicaEndpoint: "http://127.0.0.1:8000", ReplicaTable: "a/orders" },
      "no table's name",
    ],
    ["ReplicaTable", { ReplicaTable: `${ARN}/index/by-day` }, "a part of a table"],
    ["ReplicaTable", { ReplicaTable: "arn:aws:s3:::bucket" }, "ARN"],
    ["ReplicaRegion", without(REPLICATE, "ReplicaRegion"), "not set"],
    ["ReplicaRegion", { ReplicaTable: ARN, ReplicaRegion: "eu-west-1" }, "us-west-2"],
    ...[...ofAnyAccess("Replica"), ...OF_TURNOVER].map(
      ([name, env, says]): Case => [name, { ...REPLICATE, ...env }, says],
    ),
  ])("names %s of %j", (variable, env, says) => {
    const refusal = refusalOf("replicate", env);
    expect(refusal).toEqual({ variable, line: expect.stringMatching(says) });
    expect(refusal.line).toStartWith(`${variable}: `);
    expect(refusal.line).not.toInclude("\n");
  });

  test.each<[Variables]>([
    [REPLICATE],
    [{ ReplicaTable: ARN }],
    [{ ReplicaTable: ARN, ReplicaRegion: "us-west-2", ReplicaRole: ROLE, ReplicaExternalId: "abc" }],
    [{ ReplicaTable: "orders-copy", ReplicaEndpoint: "http://127.0.0.1:8000/" }],
    [{ ...REPLICATE, ReplicaRegion: "us-gov-west-1", ReplicaEndpoint: "https://vpce-1.example.com" }],
    [{ ...REPLICATE, ReplicaAccessKeyId: "AKIA", ReplicaSecretAccessKey: "geheim" }],
    [{ ...REPLICATE, TurnoverRole: "BEFORE", TurnoverAt: "1795132800000" }],
    [{ ...REPLICATE, TurnoverRole: "", TurnoverAt: "", ReplicaEndpoint: "" }],
  ])("takes %j", (env) => {
    expect(createReplicate(env)).toBeFunction();
  });
});

describe("backup", () => {
  test.each<Case>([
    ["BackupBucket", without(BACKUP, "BackupBucket"), "not set"],
    ["BackupBucket", { ...BACKUP, BackupBucket: "Backups" }, "lowercase"],
    ["BackupBucket", { ...BACKUP, BackupBucket: "backups/dynamodb" }, "BackupPrefix"],
    ["BackupBucket", { ...BACKUP, BackupBucket: "s3://backups" }, "no bucket's name"],
    ["BackupBucket", { ...BACKUP, BackupBucket: "orders--usw2-az1--x-s3" }, "keeps no versions"],
    ["BackupPrefix", { ...BACKUP, BackupPrefix: "a//b" }, "empty name"],
    ["BackupPrefix", { ...BACKUP, BackupPrefix: "a/../b" }, '".."'],
    ["BackupPrefix", { ...BACKUP, BackupPrefix: "a\nb" }, "control characters"],
    ["BackupTable", { ...BACKUP, BackupTable: "a/b" }, "no table's name"],
    ["BackupTable", { ...BACKUP, BackupTable: ".." }, "no table's name"],
    ...[...ofAnyAccess("Backup"), ...ofABucket("Backup"), ...OF_TURNOVER].map(
      ([name, env, says]): Case => [name, { ...BACKUP, ...env }, says],
    ),
  ])("names %s of %j", (variable, env, says) => {
    const refusal = refusalOf("backup", env);
    expect(refusal).toEqual({ variable, line: expect.stringMatching(says) });
    expect(refusal.line).not.toInclude("\n");
  });

  test.each<[Variables]>([
    [BACKUP],
    [without(BACKUP, "BackupPrefix")],
    [{ ...BACKUP, BackupPrefix: "/a/b/", BackupRegion: "eu-central-1", BackupTable: "orders" }],
    [
      {
        ...BACKUP,
        BackupRole: ROLE,
        BackupEncryptionKey: "alias/backups",
        BackupStorageClass: "STANDARD_IA",
      },
    ],
    [{ ...BACKUP, BackupBucketOwner: "123456789012", TurnoverRole: "AFTER", TurnoverAt: "1795132800000" }],
  ])("takes %j", (env) => {
    expect(createBackup(env)).toBeFunction();
  });
});

describe("snapshot", () => {
  test.each<Case>([
    ["SnapshotSource", without(SNAPSHOT, "SnapshotSource"), "not set"],
    ["SnapshotSource", { ...SNAPSHOT, SnapshotSource: "backups/orders" }, ""],
    ["SnapshotSource", { ...SNAPSHOT, SnapshotSource: "file:///tmp/orders" }, "s3://"],
    ["SnapshotDestination", without(SNAPSHOT, "SnapshotDestination"), "not set"],
    ["SnapshotDestination", { ...SNAPSHOT, SnapshotDestination: "s3://backups-of-orders" }, "no object"],
    ["SnapshotDestination", { ...SNAPSHOT, SnapshotDestination: "/tmp/orders.gz" }, "s3://"],
    [
      "SnapshotDestination",
      { ...SNAPSHOT, SnapshotDestination: `${SNAPSHOT.SnapshotSource}/orders.gz` },
      "in the folder itself",
    ],
    ["SnapshotManifest", { ...SNAPSHOT, SnapshotManifest: "yes" }, "true, false"],
    ...[...ofAnyAccess("Snapshot"), ...ofABucket("Snapshot")].map(
      ([name, env, says]): Case => [name, { ...SNAPSHOT, ...env }, says],
    ),
  ])("names %s of %j", (variable, env, says) => {
    const refusal = refusalOf("snapshot", env);
    expect(refusal).toEqual({ variable, line: expect.stringMatching(says) });
    expect(refusal.line).not.toInclude("\n");
  });

  test.each<[Variables]>([
    [SNAPSHOT],
    [{ ...SNAPSHOT, SnapshotManifest: "true", SnapshotTable: "orders", SnapshotRegion: "eu-west-1" }],
    [{ ...SNAPSHOT, SnapshotDestination: `${SNAPSHOT.SnapshotSource}.gz` }],
  ])("takes %j", (env) => {
    expect(createSnapshot(env)).toBeFunction();
  });
});

describe.each(["segment", "collect"] as const)("%s", (name) => {
  test.each<Case>([...ofAnyAccess("State"), ...ofABucket("State")])(
    "names %s of %j",
    (variable, env, says) => {
      expect(refusalOf(name, env)).toEqual({ variable, line: expect.stringMatching(says) });
    },
  );

  test("needs none", () => {
    expect(FUNCTIONS[name]({})).toBeFunction();
  });
});

test.each(["0", "1.5", "-3", "a minute"])("segment's margin is not %j", (SegmentMargin) => {
  const refusal = refusalOf("segment", { SegmentMargin });
  expect(refusal).toEqual({ variable: "SegmentMargin", line: expect.stringContaining("whole seconds") });
});

describe("the start of the function that is deployed", () => {
  const start = (env: Variables) =>
    runProgram([process.execPath, join(import.meta.dir, "../../src/lambda/index.ts")], { env });

  test.each([
    ["index.replicate", "ReplicaTable"],
    ["index.backup", "BackupBucket"],
    ["index.snapshot", "SnapshotSource"],
  ])("fails, as %s, with the variable's name", async (handler, variable) => {
    const { code, stderr } = await start({ _HANDLER: handler });
    expect(code).not.toBe(0);
    expect(stderr).toInclude(`${variable}: is not set`);
  });

  test.each<[string, Variables]>([
    ["index.replicate", REPLICATE],
    ["index.backup", BACKUP],
    ["index.snapshot", SNAPSHOT],
    ["index.toString", {}],
    ["", {}],
  ])("goes well as %j", async (handler, env) => {
    expect(await start({ ...env, _HANDLER: handler })).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });
});

test("the deadline is a whole number of milliseconds, as Node wants it, and before the time-out", () => {
  const timeout = spyOn(AbortSignal, "timeout");
  for (const remaining of [12_345.67, 900_000, 1_003, 299, 0]) {
    beforeTimeout({ ...contextWith(), getRemainingTimeInMillis: () => remaining });
  }
  const asked = timeout.mock.calls.map(([ms]) => ms);
  timeout.mockRestore();
  expect(asked).toEqual([11_111, 895_000, 703, 0, 0]);
});

test("what is under way has a minute to end, or half of a short time", () => {
  const until = (remaining: number, marginMs?: number) =>
    untilLastMoment({ ...contextWith(), getRemainingTimeInMillis: () => remaining }, marginMs);
  expect([until(900_000), until(900_000.7, 30_000), until(60_000), until(1_001)]).toEqual([
    840_000, 870_000, 30_000, 500,
  ]);
  // Something has to be begun, whatever is asked for.
  expect(until(10_000, 60_000)).toBe(1_000);
});
