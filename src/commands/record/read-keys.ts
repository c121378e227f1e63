import { createReadStream } from "node:fs";
import { addAbortSignal, type Readable } from "node:stream";
import { DdbrError } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import type { KeySchema } from "../../core/item/attribute-value.ts";
import { parseKey } from "../../core/item/key-input.ts";
import { parseKeyLine } from "../../core/record/key-line.ts";
import { KeyList } from "../../core/record/key-list.ts";
import { textLines } from "../../core/record/text-lines.ts";
import type { KeyWords } from "../options/keys.ts";
import { localFile } from "../options/local-file.ts";
import { plural } from "../output/figures.ts";

/** Where the keys are. */
export type KeySource =
  | { kind: "arguments"; texts: string[] }
  | { kind: "file"; path: string }
  | { kind: "stdin" /** Nobody has named it, so it must hold something. */; implied: boolean };

/** @throws DdbrError `usage` */
export function keySource({ keys, keysFile }: KeyWords, stdin: { isTTY?: boolean }): KeySource {
  if (keysFile !== undefined) {
    if (keys.length > 0) {
      throw new DdbrError("usage", "--keys contradicts a key as argument", { hint: "give one of them" });
    }
    if (keysFile === "-") return { kind: "stdin", implied: false };
    return { kind: "file", path: localFile("--keys", keysFile)! };
  }
  if (keys.length > 0) return { kind: "arguments", texts: keys };
  if (stdin.isTTY === true) throw noKey();
  return { kind: "stdin", implied: true };
}

/**
 * All keys, understood: nothing is done before the last of them is known to be right.
 * @throws DdbrError that names the file and the line
 */
export async function readKeys(source: KeySource, schema: KeySchema, signal: AbortSignal): Promise<KeyList> {
  const list = new KeyList(schema);
  try {
    if (source.kind === "arguments") for (const text of source.texts) list.add(parseKey(text, schema));
    else await readLines(source, list, schema, signal);
  } catch (error) {
    list.close();
    throw error;
  }
  return list;
}

async function readLines(
  source: Exclude<KeySource, { kind: "arguments" }>,
  list: KeyList,
  schema: KeySchema,
  signal: AbortSignal,
): Promise<void> {
  const name = source.kind === "file" ? source.path : "standard input";
  const stream: Readable = source.kind === "file" ? createReadStream(source.path) : process.stdin;
  addAbortSignal(signal, stream);
  let others = 0;
  try {
    for await (const { number, text } of textLines(stream, name)) {
      if (text.trim() === "") continue;
      const key = parseKeyLine(text, schema, `${name}, line ${number}`);
      if (key === undefined) others++;
      else list.add(key);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof DdbrError ? error : unreadable(error as Error, name);
  } finally {
    // A writer that never ends must not keep the program.
    stream.destroy();
  }
  if (list.count === 0 && source.kind === "stdin" && source.implied) throw noKey();
  if (others > 0) {
    const lines = plural(others, "line");
    process.stderr.write(`ddbr: ${escapeForTerminal(name)}: ${lines} without a key passed over\n`);
  }
}

function unreadable(error: Error, subject: string): DdbrError {
  return new DdbrError("file", `cannot be read: ${error.message}`, {
    subject,
    hint: "name a file of keys, one JSON object a line",
    cause: error,
  });
}

function noKey(): DdbrError {
  return new DdbrError("usage", "no key is given", {
    hint: `give the record's key as JSON, e.g. '{"id":"abc"}', or a file of keys with --keys`,
  });
}
