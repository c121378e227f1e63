import { writeFile } from "node:fs/promises";
import { readBundle } from "../../core/deploy/bundle.ts";
import { STACK_KINDS, templateText } from "../../core/deploy/template/templates.ts";
import { DdbrError, EXIT } from "../../core/errors.ts";
import { localFile } from "../options/local-file.ts";

/** @param bundleFile where the bundle is written, if it is wanted */
export async function printTemplate(kind: string, bundleFile: string | undefined): Promise<number> {
  const chosen = STACK_KINDS.find((one) => one === kind);
  if (chosen === undefined) {
    throw new DdbrError("usage", `${JSON.stringify(kind)} is nothing that can be deployed`, {
      hint: `give ${STACK_KINDS.join(", ")}`,
    });
  }
  const path = localFile("--bundle", bundleFile);
  if (path !== undefined) {
    const bundle = await readBundle();
    await writeFile(path, bundle).catch((error: Error) => {
      throw new DdbrError("file", `cannot be written: ${error.message}`, { subject: path, cause: error });
    });
  }
  process.stdout.write(templateText(chosen));
  return EXIT.ok;
}
