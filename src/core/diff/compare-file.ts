import { crc32 } from "node:zlib";
import { type ItemFile, readFile } from "../backup/backup-files.ts";
import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import { hasKey } from "../incremental/record-folder.ts";
import type { WireItem } from "../item/attribute-value.ts";
import { type Digest, digestOf } from "../item/digest.ts";
import { keyString } from "../item/key-string.ts";
import { eachSegment } from "../segments.ts";
import { SpoolFile } from "../spool-file.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { Candidate } from "./candidate.ts";
import { confirmAll } from "./confirm-run.ts";
import type { DiffSummary, SideDescription } from "./diff-events.ts";
import { PARTITIONS, PartitionedSpool } from "./partitioned-spool.ts";
import { type DiffRun, type DiffSetup, runDiff } from "./run-diff.ts";
import type { RecordSide, RequestObserver, Source } from "./source.ts";

export interface FileDiffOptions extends Omit<DiffSetup, "replica"> {
  primary: Source;
  /** Where the files are, and which: together they hold the items to compare with. */
  store: ObjectStore;
  files: readonly ItemFile[];
  /** How the whole is called. */
  name: string;
}

/** Files read at the same time. */
const FILES_AT_ONCE = 2;

/**
 * Compares a table with what a dump or a snapshot holds. Keys and digests of both go to disk in partitions by key and
 * are joined there, in whatever order they came; then the images of those that differ are taken from the
 * files in a second pass. Memory grows with the number of differences alone.
 */
export function diffFile(options: FileDiffOptions): Promise<DiffSummary> {
  const images = new FileImages(options);
  return runDiff({ ...options, replica: images }, (run) =>
    confirmAll(run, undefined, async (confirmer) => {
      const candidates = await findCandidates(run, options);
      if (run.signal.aborted) return;
      await images.take(new Set(candidates.map(({ key }) => key)), run.signal);
      for (const candidate of candidates) await confirmer.add([candidate]);
    }),
  ).finally(() => images.close());
}

async function findCandidates(run: DiffRun, options: FileDiffOptions): Promise<Candidate[]> {
  const { primary } = options;
  const { schema } = primary.description;
  const spools = { primary: new PartitionedSpool(), replica: new PartitionedSpool() };
  const add = (side: "primary" | "replica", item: WireItem) => {
    const key = keyString(item, schema);
    spools[side].add(crc32(key) % PARTITIONS, JSON.stringify([key, digestOf(item, run.ignored)]));
  };
  const scanTable = eachSegment(run, async (segment) => {
    for await (const page of primary.scan(segment, run.segments, run.signal)) {
      for (const item of page) add("primary", item);
      run.report({ type: "scanned", side: "primary", segment, items: page.length });
      await run.gate.passed(run.signal);
    }
  });
  const readFiles = inParallel(options.files, FILES_AT_ONCE, async (file) => {
    for await (const page of itemsOf(file, options, run.signal)) {
      for (const item of page) add("replica", item);
      run.report({ type: "scanned", side: "replica", items: page.length });
      await run.gate.passed(run.signal);
    }
  }).catch(run.fail);
  try {
    await Promise.all([scanTable, readFiles]);
    const candidates: Candidate[] = [];
    for (let partition = 0; partition < PARTITIONS && !run.signal.aborted; partition++) {
      join(spools.primary.lines(partition), spools.replica.lines(partition), candidates);
    }
    return candidates;
  } finally {
    spools.primary.close();
    spools.replica.close();
  }
}

/** Adds what has no equal partner. Of a key that comes several times the last counts, as where a file is read in. */
function join(ours: string[], theirs: string[], candidates: Candidate[]): void {
  const digests = (lines: string[]) => new Map(lines.map((line) => JSON.parse(line) as [string, Digest]));
  const waiting = digests(ours);
  for (const [key, replica] of digests(theirs)) {
    const primary = waiting.get(key);
    waiting.delete(key);
    if (primary === undefined) candidates.push({ key, origin: "replica", sighting: { primary, replica } });
    else if (primary !== replica) candidates.push({ key, origin: "pair", sighting: { primary, replica } });
  }
  for (const [key, primary] of waiting) {
    candidates.push({ key, origin: "primary", sighting: { primary, replica: undefined } });
  }
}

async function* itemsOf(
  file: ItemFile,
  { store, primary }: FileDiffOptions,
  signal: AbortSignal,
): AsyncGenerator<WireItem[]> {
  const { schema, name } = primary.description;
  for await (const page of readFile(store, file, signal)) {
    const stranger = page.find((item) => !hasKey(item, schema));
    if (stranger !== undefined) {
      throw new DdbrError("schema", `holds an item without the key of ${name}`, {
        subject: `${store.location.text}/${file.key}`,
        hint: "it is a backup of another table",
      });
    }
    yield page;
  }
}

/** The images that the files hold of some keys, on disk: what a comparison reads of that side. */
class FileImages implements RecordSide {
  readonly description: SideDescription;
  readonly #options: FileDiffOptions;
  readonly #spool = new SpoolFile();
  readonly #places = new Map<string, { offset: number; length: number }>();

  constructor(options: FileDiffOptions) {
    this.#options = options;
    const items = options.files.reduce((sum, file) => sum + (file.items ?? 0), 0);
    const { schema, items: expected } = options.primary.description;
    this.description = { label: "backup", name: options.name, schema, items: items || expected, bytes: 0 };
  }

  observe(observer: RequestObserver): void {
    this.#options.store.observe({
      answered: (call) => observer.answered({ ...call, readUnits: 0, writeUnits: 0 }),
      retried: (call) => observer.retried(call),
    });
  }

  /** Goes through the files once more and keeps what they hold of these keys; the last counts where there are several. */
  async take(keys: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    if (keys.size === 0) return;
    const { schema } = this.description;
    await inParallel(this.#options.files, FILES_AT_ONCE, async (file) => {
      for await (const page of itemsOf(file, this.#options, signal)) {
        for (const item of page) {
          const key = keyString(item, schema);
          if (!keys.has(key)) continue;
          const offset = this.#spool.append(JSON.stringify(item));
          this.#places.set(key, { offset, length: this.#spool.size - offset });
        }
      }
    });
  }

  async read(keys: WireItem[]): Promise<WireItem[]> {
    return keys.flatMap((key) => {
      const place = this.#places.get(keyString(key, this.description.schema));
      return place === undefined
        ? []
        : [JSON.parse(this.#spool.read(place.offset, place.length).toString()) as WireItem];
    });
  }

  close(): void {
    this.#spool.close();
  }
}
