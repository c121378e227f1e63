import { DdbrError } from "../core/errors.ts";
import { openS3Store } from "../core/store/s3/s3-store.ts";
import type { S3Location } from "../core/store/store-location.ts";
import { openFolderTarget } from "../core/stream/folder-target.ts";
import { s3Location, storeOptions } from "./bucket.ts";
import { CallCounter } from "./calls.ts";
import * as variables from "./environment.ts";
import { type StreamHandler, streamHandler } from "./stream-handler.ts";
import { openTelemetry } from "./telemetry.ts";

const KEYS_AT_ONCE = 32;

/**
 * Replays a table's stream into an incremental folder: every image becomes a version of its record's object.
 * @throws DdbrError `usage` that names the variable which is missing or wrong
 */
export function createBackup(env: variables.Environment): StreamHandler {
  const location = backupLocation(env);
  const options = storeOptions(env, "Backup");
  const named = variables.optional(env, "BackupTable");
  if (named !== undefined && !/^[a-zA-Z0-9_.-]{3,255}$/.test(named)) {
    throw variables.wrongVariable("BackupTable", `is ${JSON.stringify(named)}, no table's name`);
  }
  const turnover = variables.turnover(env);
  const calls = new CallCounter();
  return streamHandler({
    telemetry: openTelemetry("backup"),
    calls,
    turnover,
    async open(streamed) {
      const table = named ?? streamed;
      if (table === undefined) {
        throw new DdbrError("record", "the event does not say which table it comes from", {
          hint: "set BackupTable",
        });
      }
      const store = await openS3Store(location, options);
      store.observe(calls);
      return openFolderTarget({ store, table, concurrency: KEYS_AT_ONCE });
    },
  });
}

function backupLocation(env: variables.Environment): S3Location {
  const name = variables.required(env, "BackupBucket", "the bucket's name");
  if (name.includes("/")) {
    throw variables.wrongVariable(
      "BackupBucket",
      `is ${JSON.stringify(name)}, no bucket's name`,
      "what comes after it is BackupPrefix",
    );
  }
  const bucket = s3Location("BackupBucket", `s3://${name}`);
  const prefix = variables.optional(env, "BackupPrefix")?.replace(/^\/+|\/+$/g, "") ?? "";
  return prefix === "" ? bucket : s3Location("BackupPrefix", `${bucket.text}/${prefix}`);
}
