import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildLambda } from "../../scripts/build/lambda-bundle.ts";
import { readZip } from "../../test/helpers/zip.ts";

export type Bundle = {
  /** Where the ZIP file is unpacked: a function's LAMBDA_TASK_ROOT. */
  root: string;
  zipBytes: number;
  drop(): Promise<void>;
};

/** Builds the ZIP file and unpacks it, as Lambda does. */
export async function unpackBundle(): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "ddbr-lambda-"));
  const root = await mkdtemp(join(tmpdir(), "ddbr-task-"));
  const file = join(folder, "lambda.zip");
  await buildLambda(file);
  const zip = await readFile(file);
  await rm(folder, { recursive: true });
  for (const { name, mode, content } of readZip(zip)) {
    await writeFile(join(root, name), content, { mode: mode & 0o777 });
  }
  return { root, zipBytes: zip.length, drop: () => rm(root, { recursive: true }) };
}
