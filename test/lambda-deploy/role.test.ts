import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { CreateMultipartUploadCommand, DeleteObjectCommand } from "@aws-sdk/client-s3";
import { createBackup } from "../../src/lambda/backup.ts";
import { createReplicate } from "../../src/lambda/replicate.ts";
import { createSnapshot } from "../../src/lambda/snapshot.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { createBucket, type TestBucket } from "../helpers/s3.ts";
import { ID_KEY, withTables } from "../helpers/table.ts";
import { nameOf } from "../lambda/bucket-records.ts";
import { eventOf, put, remove } from "../lambda/events.ts";
import { bucketAccess, contextWith, MINUTE } from "../lambda/functions.ts";
import { type PassingRequest, type S3Front, startS3Front } from "../lambda/s3-front.ts";
import { resolveTemplate, roleStatements, type Statement, variablesOf } from "./resolve-template.ts";
import { grants, rightOf } from "./s3-rights.ts";
import { PARAMETERS, STREAM } from "./template-parameters.ts";

/** What Lambda itself does in the name of a function that reads a stream, by its documentation. */
const OF_LAMBDA = [
  "dynamodb:DescribeStream",
  "dynamodb:GetRecords",
  "dynamodb:GetShardIterator",
  "dynamodb:ListStreams",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "sqs:SendMessage",
];
const OF_LAMBDAS_LOG = OF_LAMBDA.filter((action) => action.startsWith("logs:"));

let bucket: TestBucket;
let front: S3Front;
beforeAll(async () => {
  bucket = await createBucket();
  front = await startS3Front(() => false);
}, MINUTE);
afterAll(async () => {
  await front.stop();
  await bucket.drop();
}, MINUTE);

const actionsOf = (statements: Statement[]) => statements.flatMap(({ Action }) => Action).sort();

/** Nothing is missing, and nothing is spare: of each statement every action was needed by some request. */
function expectExactly(statements: Statement[], requests: PassingRequest[]): void {
  const needed = requests.map(rightOf);
  expect(needed.filter((right) => !statements.some((statement) => grants(statement, right)))).toEqual([]);
  const own = statements.filter(({ Action }) => Action.every((action) => action.startsWith("s3:")));
  const spare = own.flatMap(({ Action, ...statement }) =>
    Action.filter((action) => !needed.some((right) => grants({ ...statement, Action: [action] }, right))),
  );
  expect(spare).toEqual([]);
}

test("a replicator may do what it does, and nothing else", async () => {
  await withTables([ID_KEY], async (replica) => {
    const proxy = await startFaultProxy({ target: dynamoDbEndpoint() });
    try {
      const env = { ReplicaTable: replica.name, ReplicaEndpoint: proxy.url };
      await createReplicate(env)(eventOf([put("a", 0), put("b", 1), remove("a", 2)]), contextWith());
      const done = Object.keys(proxy.stats.calls).map((operation) => `dynamodb:${operation}`);
      const resources = await resolveTemplate("replicator", PARAMETERS.replicator);
      const statements = roleStatements(resources);
      expect(actionsOf(statements)).toEqual([...OF_LAMBDA, ...done].sort());
      const write = statements.find(({ Action }) => Action.includes("dynamodb:BatchWriteItem"))!;
      expect(write.Resource).toBe(PARAMETERS.replicator.ReplicaTable!);
      const read = statements.find(({ Action }) => Action.includes("dynamodb:GetRecords"))!;
      expect(read.Resource).toBe(STREAM);
      expect(statements.flatMap(({ Resource }) => Resource)).not.toContain("*");
    } finally {
      await proxy.stop();
    }
  });
});

test("one that assumes a role to write may do nothing but that itself", async () => {
  const role = "arn:aws:iam::222222222222:role/writer";
  for (const [kind, name] of [
    ["replicator", "ReplicaRole"],
    ["backup", "BackupRole"],
    ["snapshot", "SnapshotRole"],
  ] as const) {
    const statements = roleStatements(await resolveTemplate(kind, { ...PARAMETERS[kind], [name]: role }));
    const lambda = kind === "snapshot" ? OF_LAMBDAS_LOG : OF_LAMBDA;
    expect(actionsOf(statements)).toEqual([...lambda, "sts:AssumeRole"]);
    expect(statements.find(({ Action }) => Action.includes("sts:AssumeRole"))!.Resource).toBe(role);
  }
});

test.each(["inc", ""])(
  "a backup under the prefix %j may do what it does, and nothing else",
  async (prefix) => {
    const parameters = { ...PARAMETERS.backup, BackupBucket: bucket.name, BackupPrefix: prefix };
    const resources = await resolveTemplate("backup", parameters);
    const begun = front.requests.length;
    const backup = createBackup({ ...variablesOf(resources), ...bucketAccess("Backup", front.url) });
    const changes = [put("a", 0), put("b", 1), remove("a", 2), remove("never", 3), put("b", 4)];
    expect(await backup(eventOf(changes), contextWith())).toEqual({ batchItemFailures: [] });
    const statements = roleStatements(resources);
    expectExactly(statements, front.requests.slice(begun));
    expect(actionsOf(statements).filter((action) => !action.startsWith("s3:"))).toEqual(OF_LAMBDA);
  },
);

test(
  "a snapshot may do what it does, and nothing else",
  async () => {
    const { client, name } = bucket;
    const parameters = {
      ...PARAMETERS.snapshot,
      SourceBucket: name,
      SourcePrefix: "folded/orders",
      DestinationBucket: name,
    };
    const resources = await resolveTemplate("snapshot", parameters);
    const begun = front.requests.length;
    const snapshot = createSnapshot({ ...variablesOf(resources), ...bucketAccess("Snapshot", front.url) });
    // Too much for one part, twice, with an upload that somebody has left: and then there are no records any more.
    const backup = createBackup({
      BackupBucket: name,
      BackupPrefix: "folded",
      BackupTable: "orders",
      ...bucketAccess("Backup"),
    });
    const large = Array.from({ length: 40 }, (_, n) =>
      put(`r${n}`, n, { noise: { B: randomBytes(250_000).toString("base64") } }),
    );
    await backup(eventOf(large), contextWith());
    await client.send(new CreateMultipartUploadCommand({ Bucket: name, Key: "daily/orders.gz" }));
    await snapshot({}, contextWith());
    await snapshot({}, contextWith());
    for (const { key } of large) {
      await client.send(new DeleteObjectCommand({ Bucket: name, Key: `folded/orders/${nameOf(key)}` }));
    }
    expect(await snapshot({}, contextWith())).toMatchObject({ records: 0 });
    const statements = roleStatements(resources);
    expectExactly(statements, front.requests.slice(begun));
    expect(actionsOf(statements).filter((action) => !action.startsWith("s3:"))).toEqual(OF_LAMBDAS_LOG);
  },
  MINUTE,
);

test("a key may be used as encrypting with it needs, and no other way", async () => {
  const key = "arn:aws:kms:us-east-1:123456789012:key/one";
  const other = "arn:aws:kms:us-east-1:123456789012:key/two";
  const backup = await resolveTemplate("backup", { ...PARAMETERS.backup, BackupEncryptionKey: key });
  const ofKeys = (statements: Statement[]) =>
    statements
      .filter(({ Action }) => Action.some((action) => action.startsWith("kms:")))
      .map(({ Action, Resource }) => [Resource, ...Action]);
  expect(ofKeys(roleStatements(backup))).toEqual([[key, "kms:GenerateDataKey"]]);
  const snapshot = await resolveTemplate("snapshot", {
    ...PARAMETERS.snapshot,
    SnapshotEncryptionKey: key,
    SourceEncryptionKey: other,
  });
  expect(ofKeys(roleStatements(snapshot))).toEqual([
    [other, "kms:Decrypt"],
    [key, "kms:GenerateDataKey", "kms:Decrypt"],
  ]);
});

test("the checks of this file see a right that is missing, and one that is spare", () => {
  const request = { method: "PUT", path: "/b/k/1", sequence: undefined };
  const statement = { Action: ["s3:PutObject"], Resource: "arn:aws:s3:::b/k/*" };
  expect(() => expectExactly([{ ...statement, Resource: "arn:aws:s3:::b/other/*" }], [request])).toThrow();
  expect(() =>
    expectExactly([{ ...statement, Action: ["s3:PutObject", "s3:GetObject"] }], [request]),
  ).toThrow();
  expectExactly([statement], [request]);
});
