import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, type TableDescription, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { DdbrError } from "../errors.ts";
import type { TableLocation } from "../location.ts";
import type { AccessOptions } from "../table/access.ts";
import type { Dynamo } from "../table/dynamo.ts";
import { toDdbrError } from "../table/failure.ts";
import { awsClient } from "./aws-place.ts";

const WITH_NEW_IMAGES = ["NEW_IMAGE", "NEW_AND_OLD_IMAGES"];
/** What a stream that is turned on here holds. */
const VIEW = "NEW_AND_OLD_IMAGES";

/**
 * The ARN of the table's stream; undefined when it is off.
 * @throws DdbrError `stream-view` when it holds no new images
 */
export function streamOf(table: TableDescription, subject: string): string | undefined {
  const { StreamEnabled, StreamViewType = "" } = table.StreamSpecification ?? {};
  if (StreamEnabled !== true || table.LatestStreamArn === undefined) return undefined;
  if (WITH_NEW_IMAGES.includes(StreamViewType)) return table.LatestStreamArn;
  throw new DdbrError(
    "stream-view",
    `the table's stream holds no new images: its view is ${StreamViewType}`,
    {
      subject,
      hint: `see that nothing else reads it, then turn it off: deploying offers to turn it on as ${VIEW}`,
    },
  );
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/** Turns the table's stream on and waits until it is. @returns its ARN */
export async function turnOnStream(
  dynamo: Pick<Dynamo, "describe">,
  location: TableLocation,
  access: AccessOptions,
  signal: AbortSignal,
): Promise<string> {
  const client = new DynamoDBClient(await awsClient({ region: location.region, access }, "dynamodb"));
  try {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: VIEW } as const;
    await client.send(new UpdateTableCommand({ TableName: location.table, StreamSpecification }), {
      abortSignal: signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw toDdbrError(error, "UpdateTable", location.text);
  } finally {
    client.destroy();
  }
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const table = await dynamo.describe(signal);
    const arn = streamOf(table, location.text);
    if (arn !== undefined && (table.TableStatus ?? "ACTIVE") === "ACTIVE") return arn;
    await sleep(pause, undefined, { signal });
  }
}
