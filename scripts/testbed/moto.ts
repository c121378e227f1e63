import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaemon, waitForHttp } from "./daemon.ts";
import { freePorts } from "./free-port.ts";
import type { Reaper } from "./reaper.ts";

const START_TIMEOUT_MS = 60_000;

/**
 * Starts moto, which stands in for most services of AWS: in memory, all at one address, whoever asks.
 * @param python a Python that has moto
 */
export async function startMoto(python: string, reaper: Reaper): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "ddbr-moto-"));
  reaper.remove(directory);
  const [port] = await freePorts(1);
  const command = [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)];
  const daemon = startDaemon({ name: "moto", directory, reaper, command });
  const url = `http://127.0.0.1:${port}`;
  await waitForHttp(daemon, url, START_TIMEOUT_MS);
  return url;
}
