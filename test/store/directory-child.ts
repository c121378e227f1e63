/**
 * A program that writes a directory store and says so: `bun directory-child.ts <root> <seed> <operations>`.
 * Four chains of operations run at once, each on keys of its own unless `--shared` is given. Each line is an {@link Attempt},
 * before it is made, or an {@link Acknowledgement}.
 */
import { writeSync } from "node:fs";
import { createDice } from "../../src/core/demo/dice.ts";
import type { Metadata } from "../../src/core/store/object-store.ts";
import { openAt } from "./directory-place.ts";

export interface Attempt {
  writer: number;
  number: number;
  key: string;
  /** `undefined` in JSON's way: left out for a deletion. */
  size?: number;
  metadata: Metadata;
}
export interface Acknowledgement {
  writer: number;
  done: number;
  versionId: string;
}

const CHAINS = 4;
const FOLDERS = ["one", "two/inner", "three"];

/** Bytes that no other attempt has. */
export function contentOf({ writer, number, size }: { writer: number; number: number; size: number }) {
  const line = Buffer.from(`${writer}/${number}/`);
  return Buffer.alloc(Math.max(size, line.length), line);
}

function say(line: Attempt | Acknowledgement): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

async function run(root: string, writer: number, operations: number, shared: boolean): Promise<void> {
  const store = await openAt(root);
  const dice = createDice(writer);
  let number = 0;
  await Promise.all(
    Array.from({ length: CHAINS }, async (_, chain) => {
      while (number < operations) {
        const n = number++;
        const whose = shared ? "all" : `chain-${chain}`;
        const name = dice.chance(0.3)
          ? `${whose}-new-${shared ? "" : `${writer}-`}${n}`
          : `${whose}-${dice.between(0, 3)}`;
        const key = `${dice.pick(FOLDERS)}/${name}`;
        const metadata: Metadata = dice.chance(0.5) ? { writer: `${writer}`, number: `${n}` } : {};
        const kind = dice.pick(["put", "put", "upload", "delete"]);
        const size = dice.between(0, kind === "upload" ? 300_000 : 20_000);
        say({ writer, number: n, key, metadata, ...(kind === "delete" ? {} : { size }) });
        const body = contentOf({ writer, number: n, size });
        if (kind === "delete") {
          const { versionId } = await store.delete(key, { metadata });
          say({ writer, done: n, versionId: versionId! });
        } else if (kind === "put") {
          say({ writer, done: n, ...(await store.put(key, body, { metadata })) });
        } else {
          const upload = await store.upload(key, { metadata });
          for (let at = 0; at < body.length; at += 65_536) await upload.write(body.subarray(at, at + 65_536));
          const { versionId } = await upload.complete();
          say({ writer, done: n, versionId });
        }
      }
    }),
  );
}

if (import.meta.main) {
  const [root = "", seed, operations, ...options] = process.argv.slice(2);
  await run(root, Number(seed), Number(operations), options.includes("--shared"));
}
