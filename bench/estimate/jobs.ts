import { join } from "node:path";
import type { Costs } from "../../src/core/estimate/parameters.ts";
import type { EstimatedCommand, Latencies } from "../../src/core/estimate/question.ts";
import type { TestTable } from "../../test/helpers/table.ts";

/** Tables of the same items, and where their backups go. */
export interface Places {
  primary: TestTable;
  replica: TestTable;
  bucket: string;
  folder: string;
}

export interface Step {
  /** Of the items that are given for a size. */
  share: number;
  /** @param places with a table that exists and is empty */
  words(places: Places & { empty: TestTable }, segments: number): string[];
  /** What has to be done before, and is not measured. */
  before?(places: Places): string[];
  /** The replica is to hold what the primary holds. */
  hasReplica?: true;
}

export interface Job extends Step {
  command: EstimatedCommand;
  /** The parameter that is the processor's, and the latency that makes the time. */
  cost: keyof Costs;
  latency: keyof Latencies;
  drift: number;
  onS3: boolean;
  /** What the model counts, as the run's own totals call it; files of a directory are not in it. */
  ends: string[];
}

const split = (segments: number) => ["--segments", `${segments}`];
const s3 = () => ["--s3-endpoint", process.env.DDBR_TEST_S3!];
let jobs = 0;

/** A job's id, or a file's name, that was not there before. */
export const another = () => `${++jobs}`;

export const JOBS: Record<string, Job> = {
  "compare two tables": {
    command: "diff-tables",
    share: 1,
    hasReplica: true,
    words: ({ primary, replica }, n) => ["diff-tables", primary.location, replica.location, ...split(n)],
    cost: "comparing",
    latency: "page",
    drift: 0,
    onS3: false,
    ends: ["primary", "replica"],
  },
  "dump to S3": {
    command: "backup-table",
    share: 1,
    words: ({ primary, bucket }, n) => [
      ...["backup-table", primary.location, `s3://${bucket}/dumps`, "--jobid", another()],
      ...[...s3(), ...split(n)],
    ],
    cost: "dumping",
    latency: "page",
    drift: 0,
    onS3: true,
    ends: ["source", "destination"],
  },
  "compare with a folder on S3": {
    command: "incremental-diff",
    share: 0.1,
    before: ({ primary, bucket }) => [
      "incremental-backfill",
      primary.location,
      `s3://${bucket}/inc`,
      ...s3(),
    ],
    words: ({ primary, bucket }, n) => [
      ...["incremental-diff", primary.location, `s3://${bucket}/inc`, ...s3(), ...split(n)],
    ],
    cost: "object",
    latency: "object",
    drift: 0,
    onS3: true,
    ends: ["primary", "replica"],
  },
  "restore into an empty table": {
    command: "restore-table",
    share: 1,
    before: ({ primary, folder }) => ["backup-table", primary.location, folder, "--jobid", primary.name],
    words: ({ primary, empty, folder }, n) => [
      ...["restore-table", join(folder, primary.name), empty.location, "--yes", ...split(n)],
      ...["--undo-file", join(folder, `${another()}.ndjson`)],
    ],
    cost: "writing",
    latency: "item",
    drift: 1,
    onS3: false,
    ends: ["table"],
  },
};
