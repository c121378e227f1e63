import { createHash } from "node:crypto";
import { DdbrError } from "../errors.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { type LineParser, readLines } from "./read-items.ts";

/** A file of lines, and what its manifest says of it, if there is one. */
export interface CheckedFile {
  key: string;
  lines: number | undefined;
  /** Of the bytes as they are stored. */
  checksum: Checksum | undefined;
}

/** As manifests write them: SHA-256 in hex by this program, MD5 in base64 by DynamoDB. */
export type Checksum = { algorithm: "sha256" | "md5"; digest: string };

const WRITTEN = { sha256: { name: "SHA-256", as: "hex" }, md5: { name: "MD5", as: "base64" } } as const;

/**
 * What the lines of a file hold, in pages; at its end it is checked against its manifest.
 * @throws DdbrError `no-such-object`; `damaged` when it is not what the manifest says, or cannot be read
 */
export async function* readChecked<Line>(
  store: ObjectStore,
  { key, lines, checksum }: CheckedFile,
  parser: LineParser<Line>,
  signal: AbortSignal,
): AsyncGenerator<Line[]> {
  const subject = `${store.location.text}/${key}`;
  const object = await store.read(key, signal);
  if (object === undefined) {
    throw new DdbrError("no-such-object", "is not there", {
      subject,
      hint: "check the place, or take another backup",
    });
  }
  // Of an empty table, too, a file has a compression's frame, or a manifest that says so.
  if (object.size === 0 && lines === undefined) {
    throw new DdbrError("damaged", "is empty", { subject, hint: "take another copy or another backup" });
  }
  const { algorithm, digest } = checksum ?? { algorithm: "sha256" };
  const hash = createHash(algorithm);
  let count = 0;
  const hashed = (async function* () {
    for await (const chunk of object.body) {
      hash.update(chunk);
      yield chunk;
    }
  })();
  for await (const page of readLines(hashed, parser, subject)) {
    count += page.length;
    yield page;
  }
  const damaged = (problem: string) =>
    new DdbrError("damaged", problem, {
      subject,
      hint: "it was changed after it was written: take another copy",
    });
  if (lines !== undefined && lines !== count)
    throw damaged(`holds ${count} items, its manifest says ${lines}`);
  const { name, as } = WRITTEN[algorithm];
  if (digest !== undefined && hash.digest(as) !== digest)
    throw damaged(`its ${name} is not what its manifest says`);
}
