import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cephConfig } from "./ceph-config.ts";
import { startDaemon, waitForHttp } from "./daemon.ts";
import { TestBedFailure } from "./failure.ts";
import { freePorts } from "./free-port.ts";
import type { Reaper } from "./reaper.ts";

export type S3Server = { url: string; accessKey: string; secretKey: string };

const START_TIMEOUT_MS = 60_000;

/** Starts a Ceph cluster in memory with an S3 gateway before it; needs no root. */
export async function startCephGateway(reaper: Reaper): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), "ddbr-ceph-"));
  reaper.remove(directory);
  const [monitorPort, gatewayPort] = (await freePorts(2)) as [number, number];
  const clusterId = randomUUID();
  const osdId = randomUUID();
  for (const name of ["mon", "osd", "rgw"]) mkdirSync(join(directory, name));
  writeFileSync(join(directory, "keyring"), "");
  writeFileSync(join(directory, "ceph.conf"), cephConfig({ directory, clusterId, monitorPort, gatewayPort }));

  const env = { CEPH_CONF: join(directory, "ceph.conf") };
  const run = (...command: string[]) => runStep(command, directory, env);
  const daemon = (name: string, ...command: string[]) =>
    startDaemon({ name, command, directory, reaper, env });
  const server = { url: `http://127.0.0.1:${gatewayPort}`, accessKey: "ddbrtest", secretKey: randomUUID() };

  await run(
    "monmaptool",
    "--create",
    "--fsid",
    clusterId,
    "--addv",
    "a",
    `[v2:127.0.0.1:${monitorPort}]`,
    "monmap",
  );
  await run("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap");
  daemon("ceph-mon", "ceph-mon", "-i", "a", "-f");
  await run("ceph", "osd", "new", osdId);
  await run("ceph-osd", "--mkfs", "-i", "0", "--osd-uuid", osdId);
  daemon("ceph-osd", "ceph-osd", "-i", "0", "-f");
  await run("ceph", "osd", "crush", "add", "osd.0", "1.0", "root=default", "host=localhost");
  await run(
    ...["radosgw-admin", "user", "create", "--uid=ddbr", "--display-name=ddbr"],
    ...["--access-key", server.accessKey, "--secret-key", server.secretKey],
  );
  await waitForHttp(daemon("radosgw", "radosgw", "-f", "-n", "client.rgw"), server.url, START_TIMEOUT_MS);
  return server;
}

async function runStep(command: string[], cwd: string, env: Record<string, string>): Promise<void> {
  const child = Bun.spawn(command, {
    cwd,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: START_TIMEOUT_MS,
  });
  const stderr = await new Response(child.stderr).text();
  if ((await child.exited) === 0) return;
  throw new TestBedFailure(
    `Ceph did not start: \`${command.join(" ")}\` failed: ${stderr.trim() || "it took too long"}`,
  );
}
