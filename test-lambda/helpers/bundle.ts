import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildLambda } from "../../scripts/build/lambda-bundle.ts";
import { readZip } from "../../test/helpers/zip.ts";

export type Unpacked = {
  /** Where the ZIP file is unpacked: a function's LAMBDA_TASK_ROOT. */
  root: string;
  drop(): Promise<void>;
};

export type Bundle = Unpacked & { zipBytes: number };

/** Unpacks a ZIP file of code, as Lambda does. */
export async function unpack(zip: Buffer): Promise<Unpacked> {
  const root = await mkdtemp(join(tmpdir(), "ddbr-task-"));
  for (const { name, mode, content } of readZip(zip)) {
    await writeFile(join(root, name), content, { mode: mode & 0o777 });
  }
  return { root, drop: () => rm(root, { recursive: true }) };
}

/** Builds the ZIP file and unpacks it. */
export async function unpackBundle(): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "ddbr-lambda-"));
  const file = join(folder, "lambda.zip");
  await buildLambda(file);
  const zip = await readFile(file);
  await rm(folder, { recursive: true });
  return { ...(await unpack(zip)), zipBytes: zip.length };
}
