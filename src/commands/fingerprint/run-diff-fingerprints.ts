import { DdbrError, EXIT } from "../../core/errors.ts";
import { type DiffSide, diffBuckets } from "../../core/fingerprint/diff-buckets.ts";
import {
  type ComparedFingerprints,
  compareFingerprints,
  haveSameKey,
} from "../../core/fingerprint/fingerprint.ts";
import type { FoundFingerprint } from "../../core/fingerprint/fingerprint-file.ts";
import type { KeyAttribute, KeySchema } from "../../core/item/attribute-value.ts";
import { describeSchema } from "../../core/table/describe.ts";
import type { TransferEvent } from "../../core/transfer/transfer-events.ts";
import { createMemoryKeeper } from "../output/memory.ts";
import { outputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { openFingerprint } from "./open-fingerprint.ts";
import { openSource } from "./open-source.ts";
import {
  parseSource,
  parseSourceOptions,
  type SourceOptions,
  type SourcePlace,
  type SourceWords,
} from "./source-request.ts";
import { createTeller, type Teller } from "./tell-differences.ts";

export interface DiffFingerprintsWords extends SourceWords {
  a: string;
  b: string;
  sourceA?: string | undefined;
  sourceB?: string | undefined;
}

interface DiffFingerprintsRequest extends SourceOptions {
  a: string;
  b: string;
  sources: { a: SourcePlace; b: SourcePlace } | undefined;
}

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseDiffFingerprints(words: DiffFingerprintsWords): DiffFingerprintsRequest {
  const { a, b, sourceA, sourceB } = words;
  if ((sourceA === undefined) !== (sourceB === undefined)) {
    throw new DdbrError(
      "usage",
      `--source-${sourceA === undefined ? "b needs --source-a" : "a needs --source-b"}`,
      {
        hint: "items can be compared where both sources are at hand",
      },
    );
  }
  const sources =
    sourceA === undefined || sourceB === undefined
      ? undefined
      : { a: parseSource(sourceA), b: parseSource(sourceB) };
  return { ...parseSourceOptions(words), a, b, sources };
}

/** `ddbr diff-fingerprints`, its words understood; returns the exit code. */
export async function runDiffFingerprints(
  request: DiffFingerprintsRequest,
  flags: { plain: boolean; json: boolean; quiet: boolean },
): Promise<number> {
  const mode = outputMode(flags, { stdin: { isTTY: false }, stdout: process.stdout });
  using stop = stopSignals();
  const { storeOptions } = request;
  const a = await openFingerprint(request.a, storeOptions, stop.signal);
  const b = await openFingerprint(request.b, storeOptions, stop.signal);
  if (!haveSameKey(a.key, b.key))
    throw otherKey({ name: request.a, key: a.key }, { name: request.b, key: b.key });
  const compared = compareFingerprints(a, b);
  const teller = createTeller(mode, (line) => void process.stdout.write(line));
  teller.compared({ name: request.a, ...a }, { name: request.b, ...b }, compared);
  if (compared.differing.length === 0) return EXIT.ok;
  if (request.sources !== undefined)
    await listItems(request, request.sources, a, b, compared, teller, stop.signal);
  return EXIT.discrepancies;
}

async function listItems(
  request: DiffFingerprintsRequest,
  places: { a: SourcePlace; b: SourcePlace },
  a: FoundFingerprint,
  b: FoundFingerprint,
  { differing, a: { buckets } }: ComparedFingerprints,
  teller: Teller,
  signal: AbortSignal,
): Promise<void> {
  // As the two differ, at least one has items, and so a key.
  const key = (a.key.length > 0 ? a.key : b.key) as KeySchema;
  const keepMemoryLow = createMemoryKeeper();
  const open = async (place: SourcePlace, fingerprint: FoundFingerprint): Promise<DiffSide> => {
    const source = await openSource(place, request, place.store && key, signal);
    if (!haveSameKey(source.key ?? [], key)) {
      source.close();
      throw otherKey({ name: source.name, key: source.key ?? [] }, { name: "its fingerprint", key });
    }
    source.observe({ answered: ({ bytes }) => keepMemoryLow(bytes), retried: () => {} });
    return { source, fingerprint };
  };
  const sideA = await open(places.a, a);
  try {
    const sideB = await open(places.b, b);
    try {
      // A table says which attribute comes first.
      const table = [sideA, sideB].find(({ source }) => source.kind === "table");
      const schema = (table?.source.key ?? key) as KeySchema;
      const { found, foreign, read } = teller;
      const report = (event: TransferEvent) => {
        if (event.type === "foreign") foreign(event);
        if (event.type === "read") read(event.items);
      };
      const sides = await diffBuckets({
        a: sideA,
        b: sideB,
        key: schema,
        buckets,
        differing,
        signal,
        report,
        found,
      });
      teller.listed(sides);
    } finally {
      sideB.source.close();
    }
  } finally {
    sideA.source.close();
  }
}

interface Keyed {
  name: string;
  key: readonly KeyAttribute[];
}

function otherKey(ours: Keyed, theirs: Keyed): DdbrError {
  const described = ({ name, key }: Keyed) => `${describeSchema(key)} in ${name}`;
  return new DdbrError("schema", `the keys are not the same: ${described(ours)}, ${described(theirs)}`, {
    hint: "they are of different tables",
  });
}
