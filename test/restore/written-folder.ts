import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WireItem } from "../../src/core/item/attribute-value.ts";

/** A version of a record as it lies in a directory. */
export interface WrittenVersion {
  /** Milliseconds since 1970. */
  stored: number;
  /** The item, or any text; undefined: the deletion. */
  holds: WireItem | string | undefined;
  /** Absent: nothing is recorded. Its time is that of storing, unless it is given. */
  event?: { name: "INSERT" | "MODIFY" | "REMOVE"; sequence: number; at?: number };
}

/** A table's incremental folder on disk, written by hand as docs/formats.md says, at whatever times. */
export interface WrittenFolder {
  path: string;
  /** Oldest first. */
  write(name: string, versions: readonly WrittenVersion[]): Promise<void>;
  drop(): Promise<void>;
}

export async function newWrittenFolder(): Promise<WrittenFolder> {
  const path = await mkdtemp(join(tmpdir(), "ddbr-written-"));
  return {
    path,
    async write(name, versions) {
      const folder = join(path, ".ddbr", "versions", name);
      await mkdir(folder, { recursive: true });
      await Promise.all(
        versions.map(async ({ stored, holds, event }, index) => {
          const id = `${String(index + 1).padStart(8, "0")}-${stored}-00c0ffee`;
          if (event !== undefined) await writeFile(join(folder, `${id}.json`), recorded(stored, event));
          if (holds === undefined) await writeFile(join(folder, `${id}.deleted`), "");
          else await writeFile(join(folder, id), typeof holds === "string" ? holds : JSON.stringify(holds));
        }),
      );
      const last = versions.at(-1)?.holds;
      if (last !== undefined) {
        await writeFile(join(path, name), typeof last === "string" ? last : JSON.stringify(last));
      }
    },
    drop: () => rm(path, { recursive: true }),
  };
}

function recorded(
  stored: number,
  { name, sequence, at = stored }: NonNullable<WrittenVersion["event"]>,
): string {
  return JSON.stringify({
    "ddbr-time": new Date(at).toISOString(),
    "ddbr-event": name,
    "ddbr-sequence": `${sequence}`,
  });
}

/** Names of a record's object, whose key is one string attribute, `id`: its own, and that of older tools. */
export const ownName = (id: string) => named("sha256", id);
export const md5Name = (id: string) => named("md5", id);

function named(algorithm: string, id: string): string {
  return createHash(algorithm)
    .update(`{"id":{"S":${JSON.stringify(id)}}}`)
    .digest("hex");
}
