import { readFile } from "../backup/backup-files.ts";
import type { FoundFiles } from "../backup/find-files.ts";
import type { BackupManifest } from "../backup/manifest.ts";
import type { KeyAttribute } from "../item/attribute-value.ts";
import { eachSegment } from "../segments.ts";
import { fingerprintIn } from "./fingerprint-json.ts";
import type { ItemSource } from "./item-source.ts";

/** Read at the same time. */
const FILES_AT_ONCE = 2;

/**
 * A dump, or a single file of items, each of which counts.
 * @param key as the user told it
 * @throws DdbrError `damaged` where its manifest's fingerprint cannot be read
 */
export function filesSource(
  found: FoundFiles,
  name: string,
  key: readonly KeyAttribute[] | undefined,
): ItemSource {
  const { kind, store, files } = found;
  const recorded = fingerprintIn(found.manifest, `${name}, manifest`);
  const { items = 0, rawBytes = 0 } = found.manifest ?? {};
  const learnt = recorded?.key.length ? recorded.key : undefined;
  return {
    kind,
    name,
    key: key ?? (found.kind === "dump" ? keyOfDump(found.manifest) : undefined) ?? learnt,
    estimate: { items, bytes: rawBytes, readUnits: 0 },
    segments: files.length,
    asOf:
      found.kind === "dump" ? found.manifest.startedAt : (found.manifest?.at ?? found.manifest?.startedAt),
    recorded,
    warning: undefined,
    observe: (observer) => store.observe(observer),
    read: (run, take) =>
      eachSegment({ ...run, concurrency: FILES_AT_ONCE }, async (segment) => {
        for await (const page of readFile(store, files[segment]!, run.signal)) {
          take(page, undefined);
          run.report({ type: "read", segment, items: page.length });
          await run.gate.passed(run.signal);
        }
      }),
    close: () => store.close(),
  };
}

function keyOfDump({ table }: Partial<BackupManifest>): readonly KeyAttribute[] | undefined {
  return table?.keySchema;
}
