import { DdbrError } from "../../core/errors.ts";

/** The name of a file on this machine. @throws DdbrError `usage` */
export function localFile(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const hint = "name a local file";
  if (text === "" || text.includes("\0"))
    throw new DdbrError("usage", `${option} is no file's name`, { hint });
  if (/^[a-z0-9]+:\/\//i.test(text)) throw new DdbrError("usage", `${option} is a URL`, { hint });
  return text;
}
