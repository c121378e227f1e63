import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs `body` with variables added to this process's own environment; undefined takes one away. */
export async function withVariables<T>(
  added: Record<string, string | undefined>,
  body: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(added).map((name) => [name, process.env[name]] as const);
  const set = ([name, value]: readonly [string, string | undefined]) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  Object.entries(added).forEach(set);
  try {
    return await body();
  } finally {
    before.forEach(set);
  }
}

/** The same, with an AWS config file. */
export async function withConfig<T>(
  config: string,
  body: () => Promise<T>,
  added: Record<string, string | undefined> = {},
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ddbr-metrics-"));
  writeFileSync(join(folder, "config"), config);
  try {
    return await withVariables({ AWS_CONFIG_FILE: join(folder, "config"), ...added }, body);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
