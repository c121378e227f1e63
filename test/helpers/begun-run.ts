import { expect } from "bun:test";
import { runDdbr } from "./cli.ts";
import type { TestPlace } from "./stores.ts";

/** Seconds that a record has to stay different in these runs. */
export const SETTLE = ["--settle", "0.2"];

/** Begins a comparison by many workers: the first does the last segment, as one of an array of jobs. Returns where its state is. */
export async function beginRun(
  place: TestPlace,
  { primary, replica, segments }: { primary: string; replica: string; segments: number },
): Promise<string> {
  const state = `${place.url}/runs/check`;
  const words = ["diff-tables", primary, replica, ...SETTLE, "--state", state, ...place.options()];
  const segment = ["--segments", String(segments), "--segment", String(segments - 1)];
  const { code, stderr } = await runDdbr([...words, ...segment], { env: place.env });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return state;
}
