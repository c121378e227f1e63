import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startDaemon, waitForHttp } from "./daemon.ts";
import { freePorts } from "./free-port.ts";
import type { Reaper } from "./reaper.ts";

const START_TIMEOUT_MS = 60_000;

/** Starts AWS's own DynamoDB Local, in memory, one database for all regions and keys; returns its address. */
export async function startDynamoDbLocal(reaper: Reaper): Promise<string> {
  const emulator = join(
    dirname(Bun.resolveSync("amplify-dynamodb-simulator/package.json", import.meta.dir)),
    "emulator",
  );
  const directory = mkdtempSync(join(tmpdir(), "ddbr-dynamodb-"));
  reaper.remove(directory);
  const [port] = await freePorts(1);
  const daemon = startDaemon({
    name: "dynamodb-local",
    directory,
    reaper,
    command: [
      "java",
      `-Djava.library.path=${emulator}/DynamoDBLocal_lib`,
      `-Djava.io.tmpdir=${directory}`,
      "-jar",
      `${emulator}/DynamoDBLocal.jar`,
      ...["-inMemory", "-sharedDb", "-disableTelemetry", "-port", String(port)],
    ],
  });
  const url = `http://127.0.0.1:${port}`;
  await waitForHttp(daemon, url, START_TIMEOUT_MS);
  return url;
}
