import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installInCache } from "./cached-install.ts";
import { TestBedFailure } from "./failure.ts";
import { quietly } from "./quietly.ts";
import type { Reaper } from "./reaper.ts";

/** AWS's own runtime client, of which Lambda's Node runtimes consist, by npm. */
const CLIENT = "4.0.2";

/** The versions of Node that Lambda has, by npm. */
export const NODES = { "22": "22.23.3", "24": "24.21.0" } as const;

export type NodeVersion = keyof typeof NODES;

const folderOf = (version: string) => `node-${version}`;

/** The programs of Lambda's runtime, where {@link installRuntimes} has put them. */
export const nodeIn = (home: string, version: NodeVersion) =>
  join(home, "node_modules", folderOf(version), "bin", "node");
export const clientIn = (home: string) => join(clientFolder(home), "index.mjs");

const clientFolder = (home: string) => join(home, "node_modules", "aws-lambda-ric");

/**
 * Returns a folder in the user's cache with Lambda's runtime client and the versions of Node that Lambda has. The first run builds
 * the client, within a minute. npm's own settings say where packages come from.
 */
export async function installRuntimes(reaper: Reaper): Promise<string> {
  if (process.platform !== "linux") {
    throw new TestBedFailure("Lambda's runtime client runs on Linux only: run these tests there.");
  }
  const versions = Object.values(NODES).join(" and ");
  return installInCache(
    { what: `aws-lambda-ric ${CLIENT} with Node ${versions}`, isGood, make: install },
    reaper,
  );
}

function isGood(home: string): boolean {
  return (
    existsSync(clientIn(home)) &&
    existsSync(join(clientFolder(home), "rapid-client.node")) &&
    Object.keys(NODES).every((version) => {
      const node = nodeIn(home, version as NodeVersion);
      return existsSync(node) && Bun.spawnSync([node, "--version"]).exitCode === 0;
    })
  );
}

async function install(folder: string): Promise<void> {
  const nodes = Object.entries(NODES).map(([version, exact]) => [
    folderOf(version),
    `npm:node-linux-${process.arch}@${exact}`,
  ]);
  const dependencies = { "aws-lambda-ric": CLIENT, ...Object.fromEntries(nodes) };
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  // The headers that the client is built with come along with Node, not from its site.
  const headers = join(folder, "node_modules", folderOf("22"));
  await quietly([
    // Not by --prefix: npm would look for the machine's settings in there as well.
    ...["env", "-C", folder, `npm_config_nodedir=${headers}`],
    ...["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"],
  ]);
  if (!isGood(folder))
    throw new TestBedFailure("npm installed Lambda's runtime client, but it is not whole.");
}
