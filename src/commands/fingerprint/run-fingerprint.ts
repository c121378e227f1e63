import { DdbrError, EXIT } from "../../core/errors.ts";
import { BUCKET_COUNTS, type BucketCount, DEFAULT_BUCKETS } from "../../core/fingerprint/bucket-table.ts";
import type { ItemSource } from "../../core/fingerprint/item-source.ts";
import { parseKeySchema } from "../../core/fingerprint/key-schema.ts";
import { takeFingerprint } from "../../core/fingerprint/take-fingerprint.ts";
import type { KeySchema } from "../../core/item/attribute-value.ts";
import { parseTableLocation, type TableLocation } from "../../core/location.ts";
import { openTable } from "../../core/table/table.ts";
import type { FingerprintTold } from "../../core/transfer/transfer-events.ts";
import { localFile } from "../options/local-file.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { showTransfer } from "../transfer/show-transfer.ts";
import { openSource } from "./open-source.ts";
import { openOutFile } from "./out-file.ts";
import {
  parseSource,
  parseSourceOptions,
  type SourceOptions,
  type SourcePlace,
  type SourceWords,
} from "./source-request.ts";

export interface FingerprintWords extends SourceWords {
  source: string;
  out?: string | undefined;
  buckets?: string | undefined;
  like?: string | undefined;
  keySchema?: string | undefined;
}

interface FingerprintRequest extends SourceOptions {
  source: SourcePlace;
  out: string | undefined;
  buckets: BucketCount;
  like: TableLocation | undefined;
  keySchema: KeySchema | undefined;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseFingerprintRequest(words: FingerprintWords): FingerprintRequest {
  const { like, keySchema } = words;
  if (like !== undefined && keySchema !== undefined) {
    throw new DdbrError("usage", "--like contradicts --key-schema", { hint: "give one of them" });
  }
  return {
    ...parseSourceOptions(words),
    source: parseSource(words.source),
    out: localFile("--out", words.out),
    buckets: bucketsOption(words.buckets),
    like: like === undefined ? undefined : parseTableLocation(like),
    keySchema: keySchema === undefined ? undefined : parseKeySchema("--key-schema", keySchema),
  };
}

/** `ddbr fingerprint`, its words understood; returns the exit code. */
export async function runFingerprint(request: FingerprintRequest, mode: OutputMode): Promise<number> {
  const out = request.out === undefined ? undefined : openOutFile(request.out);
  const source = await stoppable((signal) => open(request, signal));
  let told: FingerprintTold | undefined;
  try {
    const code = await showTransfer({
      command: "fingerprint",
      mode,
      run: async (controls) => {
        const summary = await takeFingerprint({
          ...controls,
          source,
          buckets: request.buckets,
          out: request.out,
          save: (file) => out?.replace(`${JSON.stringify(file, null, 1)}\n`),
        });
        told = summary.fingerprint;
        return summary;
      },
    });
    return code === EXIT.ok && (told?.differing ?? 0) > 0 ? EXIT.discrepancies : code;
  } finally {
    source.close();
  }
}

async function open(request: FingerprintRequest, signal: AbortSignal): Promise<ItemSource> {
  const { like, tableOptions } = request;
  let key = request.keySchema;
  if (like !== undefined) {
    const table = await openTable(like, { ...tableOptions, signal });
    key = table.description.schema;
    table.close();
  }
  return await openSource(request.source, request, key, signal);
}

function bucketsOption(text: string | undefined): BucketCount {
  if (text === undefined) return DEFAULT_BUCKETS;
  const chosen = BUCKET_COUNTS.find((count) => String(count) === text);
  if (chosen !== undefined) return chosen;
  throw new DdbrError("usage", `--buckets is ${JSON.stringify(text)}`, {
    hint: `give ${BUCKET_COUNTS.slice(0, -1).join(", ")} or ${BUCKET_COUNTS.at(-1)}`,
  });
}
