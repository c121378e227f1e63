import { Command, Option } from "clipanion";
import { kmsKeyOption, sseOption, storageClassOption } from "./options/keeping.ts";
import { TransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in follow/run-follow.ts. */
export class FollowCommand extends TransferCommand {
  static override paths = [["follow"]];
  static override usage = Command.Usage({
    description: "Replay a table's stream onto a replica or into a folder",
    details: `
      Reads the stream of the primary from this machine and does what the functions on AWS Lambda do: a replica gets the last image of
      each record, a folder of backups every image as a version under \`<url>/<table's name>/\`. It runs until it is stopped; how far it
      is stands in a checkpoint file, and the same command goes on from there.

      The second argument is a table, or a place for backups: \`s3://bucket/prefix\`, \`file:///path\`, or a path that begins with
      \`./\`, \`../\` or \`/\`. The stream must hold new images (\`NEW_AND_OLD_IMAGES\` or \`NEW_IMAGE\`).

      A first run starts with the oldest change that the stream still holds, a day ago at most. So a new replica is filled with
      \`diff-tables --backfill\` once the stream is on, and followed then: what changed meanwhile is replayed.

      Exit codes: 0 caught up (\`--until-caught-up\`); 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      ["Keep a replica up to date", "$0 follow us-east-1/orders eu-west-1/orders"],
      ["Back up every change", "$0 follow us-east-1/orders s3://backups/incremental"],
      [
        "Do what there is to do, then end",
        "$0 follow us-east-1/orders eu-west-1/orders --checkpoint orders.json --until-caught-up",
      ],
      [
        "Begin with the changes since a moment",
        "$0 follow us-east-1/orders eu-west-1/orders --start 2026-11-23T09:00:00Z",
      ],
    ],
  });

  primary = Option.String({ name: "primary" });
  target = Option.String({ name: "replica-or-url" });

  start = Option.String("--start", {
    description:
      "where a first run starts: trim-horizon (the default), latest, or a time; a checkpoint counts more",
  });
  checkpoint = Option.String("--checkpoint", {
    description: "file that tells how far the run is (default: ./<primary>-to-<target>.follow.json)",
  });
  untilCaughtUp = Option.Boolean("--until-caught-up", false, {
    description: "end when all that was in the stream at the start is done",
  });
  skipFailed = Option.String("--skip-failed", {
    description: "go on without records that are refused for good; append them to this file (NDJSON)",
  });
  concurrency = Option.String("--concurrency", {
    description: "shards whose records are written at the same time (default: 8)",
  });

  primaryProfile = Option.String("--primary-profile", {
    description: "AWS profile for the primary (and for S3, unless --s3-profile)",
  });
  primaryRoleArn = Option.String("--primary-role-arn", {
    description: "role to assume for the primary (and for S3, unless --s3-role-arn)",
  });
  primaryExternalId = Option.String("--primary-external-id", {
    description: "external id of the primary's role",
  });
  replicaProfile = Option.String("--replica-profile", { description: "AWS profile for the replica" });
  replicaRoleArn = Option.String("--replica-role-arn", { description: "role to assume for the replica" });
  replicaExternalId = Option.String("--replica-external-id", {
    description: "external id of the replica's role",
  });
  sse = sseOption();
  kmsKeyId = kmsKeyOption();
  storageClass = storageClassOption();

  async execute(): Promise<number> {
    const { parseFollowRequest } = await import("./follow/follow-request.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseFollowRequest(this);
    const mode = outputMode(this, process);
    const { runFollow } = await import("./follow/run-follow.ts");
    return await runFollow(request, mode);
  }
}
