import { DdbrError } from "../errors.ts";

/** The bundle of the Lambda functions, a ZIP file. The binary carries it; run from its sources, the program takes what was built last. */
export async function readBundle(): Promise<Uint8Array> {
  try {
    const { default: path } = await import("../../../dist/lambda.zip", { with: { type: "file" } });
    return await Bun.file(path).bytes();
  } catch (error) {
    throw new DdbrError("file", "the functions are not built", { hint: "run: bun build.ts", cause: error });
  }
}

/** What the bundle is called: the same content is uploaded once. */
export function bundleName(bundle: Uint8Array): string {
  return `ddbr-lambda-${new Bun.CryptoHasher("sha256").update(bundle).digest("hex")}.zip`;
}
