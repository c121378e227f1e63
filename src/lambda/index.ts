/**
 * The Lambda functions: `index.replicate`, `index.backup`, `index.snapshot`, and of the runner `index.segment` and `index.collect`.
 * Each loads only what it needs. The one that is deployed is made when the function starts, so that a variable that is missing or
 * wrong fails there.
 */
import type { Context } from "aws-lambda";
import { describeError } from "../core/errors.ts";

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const LOADERS = {
  replicate: async () => (await import("./replicate.ts")).createReplicate(process.env),
  backup: async () => (await import("./backup.ts")).createBackup(process.env),
  snapshot: async () => (await import("./snapshot.ts")).createSnapshot(process.env),
  segment: async () => (await import("./segment.ts")).createSegment(process.env),
  collect: async () => (await import("./collect.ts")).createCollect(process.env),
} satisfies Record<string, () => Promise<Handler>>;

const made = new Map<keyof typeof LOADERS, Promise<Handler>>();

function handlerOf(name: keyof typeof LOADERS): Promise<Handler> {
  const handler = made.get(name) ?? LOADERS[name]();
  made.set(name, handler);
  return handler;
}

export const replicate: Handler = async (event, context) => (await handlerOf("replicate"))(event, context);
export const backup: Handler = async (event, context) => (await handlerOf("backup"))(event, context);
export const snapshot: Handler = async (event, context) => (await handlerOf("snapshot"))(event, context);
export const segment: Handler = async (event, context) => (await handlerOf("segment"))(event, context);
export const collect: Handler = async (event, context) => (await handlerOf("collect"))(event, context);

/** As Lambda names it, e.g. `index.replicate`. */
const deployed = process.env._HANDLER?.split(".").at(-1) ?? "";
if (Object.hasOwn(LOADERS, deployed)) {
  await handlerOf(deployed as keyof typeof LOADERS).catch((error) => {
    // Lambda shows the message only.
    throw new Error(describeError(error), { cause: error });
  });
}
