import { createReadStream } from "node:fs";
import { DdbrError } from "../../core/errors.ts";
import { textLines } from "../../core/record/text-lines.ts";
import { parseObject } from "../../core/restore/change-line.ts";

/** The table that an undo file of repairs names in each line, as it was typed then. @throws DdbrError `damaged` */
export async function tableOfChanges(path: string): Promise<string> {
  const stream = createReadStream(path);
  try {
    for await (const { text } of textLines(stream, path)) {
      const { table } = parseObject(text) ?? {};
      if (typeof table === "string") return table;
      break;
    }
  } finally {
    stream.destroy();
  }
  throw new DdbrError("damaged", "does not say of which table it is", {
    subject: path,
    hint: "name the table with --table",
  });
}
