import type { DdbrError } from "../core/errors.ts";
import { parseTableLocation, type TableLocation } from "../core/location.ts";
import { openReplicaTarget } from "../core/stream/replica-target.ts";
import { DEFAULT_REGION } from "../core/table/access.ts";
import { openDynamo } from "../core/table/dynamo.ts";
import { DEFAULT_PATIENCE_MS } from "../core/table/table-requests.ts";
import { CallCounter } from "./calls.ts";
import * as variables from "./environment.ts";
import { type StreamHandler, streamHandler } from "./stream-handler.ts";
import { openTelemetry } from "./telemetry.ts";

const BATCHES_AT_ONCE = 8;

/**
 * Replays a table's stream onto a replica table: of each key in a batch the last image.
 * @throws DdbrError `usage` that names the variable which is missing or wrong
 */
export function createReplicate(env: variables.Environment): StreamHandler {
  const location = replicaLocation(env);
  const access = variables.access(env, "Replica");
  const turnover = variables.turnover(env);
  const calls = new CallCounter();
  return streamHandler({
    telemetry: openTelemetry("replicate"),
    calls,
    turnover,
    async open() {
      return openReplicaTarget({
        dynamo: await openDynamo(location, { access, observer: calls }),
        subject: location.text,
        concurrency: BATCHES_AT_ONCE,
        patienceMs: DEFAULT_PATIENCE_MS,
        retried: () => calls.retried({ operation: "BatchWriteItem", throttled: true }),
      });
    },
  });
}

function replicaLocation(env: variables.Environment): TableLocation {
  const table = variables.required(env, "ReplicaTable", "the replica's name or ARN");
  const region = variables.region(env, "ReplicaRegion");
  const endpoint = variables.endpoint(env, "ReplicaEndpoint");
  if (table.startsWith("arn:")) {
    const location = parse(table);
    if (region !== undefined && region !== location.region) {
      throw variables.wrongVariable(
        "ReplicaRegion",
        `is ${region}, but ReplicaTable is in ${location.region}`,
      );
    }
    return endpoint === undefined ? location : { ...location, endpoint };
  }
  const location = parse(`${region ?? DEFAULT_REGION}/${table}`);
  if (endpoint !== undefined) {
    const { region: _, ...anywhere } = location;
    const given = region === undefined ? {} : { region };
    return { ...anywhere, ...given, text: `${endpoint}/${table}`, endpoint };
  }
  if (region === undefined) {
    throw variables.wrongVariable("ReplicaRegion", "is not set", "it holds the replica's region");
  }
  return location;
}

function parse(text: string): TableLocation {
  try {
    return parseTableLocation(text);
  } catch (error) {
    throw variables.wrongVariable("ReplicaTable", (error as DdbrError).message);
  }
}
