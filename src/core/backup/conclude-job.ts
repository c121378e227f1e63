import { isDeepStrictEqual } from "node:util";
import { DdbrError } from "../errors.ts";
import { getJson } from "../store/json-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { WholeDescription } from "../table/table.ts";
import { MANIFEST_NAME } from "./file-name.ts";
import { wholeJob } from "./job-folder.ts";
import { type BackupKind, type BackupManifest, manifestOf, putManifest } from "./manifest.ts";

/**
 * Sees to it that there is a manifest if all segments are done, that it says what their receipts say, and that there is none
 * otherwise. Returns whether there is one. Others may be at work: they withdraw a receipt before the manifest, so looking
 * at the receipts again shows whether a manifest written meanwhile holds.
 * @throws DdbrError `exists` when segments are of another kind
 */
export async function concludeJob(
  store: ObjectStore,
  job: string,
  kind: BackupKind,
  description: WholeDescription,
  signal: AbortSignal,
): Promise<boolean> {
  let told = await filesInManifest(store, job, signal);
  for (;;) {
    const whole = await wholeJob(store, job, kind, signal);
    if (isDeepStrictEqual(whole?.files, told)) return whole !== undefined;
    if (whole === undefined) await store.delete(`${job}/${MANIFEST_NAME}`, {}, signal);
    else await putManifest(store, manifestOf(job, kind, whole, description), signal);
    told = whole?.files;
  }
}

/** Whatever it holds; undefined where there is no manifest. */
async function filesInManifest(store: ObjectStore, job: string, signal: AbortSignal): Promise<unknown> {
  try {
    const manifest = await getJson(store, `${job}/${MANIFEST_NAME}`, signal);
    return manifest === undefined ? undefined : ((manifest as Partial<BackupManifest> | null)?.files ?? null);
  } catch (error) {
    if (error instanceof DdbrError && error.code === "damaged") return null;
    throw error;
  }
}
