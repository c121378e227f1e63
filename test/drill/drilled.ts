import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { drill } from "../../src/core/drill/drill.ts";
import type { CheckName, DrillCheck, DrillResult } from "../../src/core/drill/drill-result.ts";
import { openDrillSource } from "../../src/core/drill/drill-source.ts";
import { ScratchTable } from "../../src/core/drill/scratch-table.ts";
import type { KeySchema } from "../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import type { RestoreEvent } from "../../src/core/restore/restore-events.ts";
import { parseStoreLocation } from "../../src/core/store/store-location.ts";
import { openTable } from "../../src/core/table/table.ts";
import { dynamoDbClient, dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { openAt } from "../store/directory-place.ts";

export interface DrillGiven {
  /** A live table's location. */
  against?: string;
  key?: KeySchema;
  /** Where the scratch table is made. */
  endpoint?: string;
  stop?: AbortController;
  on?: (event: RestoreEvent) => void;
}

export interface Drilled {
  result: DrillResult;
  events: RestoreEvent[];
  /** Tables that are there afterwards and should not be. */
  left: string[];
}

/** Drills a backup in a directory as the program does, in this very process. */
export async function drilled(place: TestPlace, path: string, given: DrillGiven = {}): Promise<Drilled> {
  const { key, stop = new AbortController(), on, endpoint = dynamoDbEndpoint() } = given;
  const name = uniqueName("drill");
  const folder = await mkdtemp(join(tmpdir(), "ddbr-drilled-"));
  const against =
    given.against === undefined ? undefined : await openTable(parseTableLocation(given.against));
  const source = await openDrillSource(
    parseStoreLocation(`${place.url}/${path}`),
    { at: undefined, storeOptions: {}, key },
    (location) => openAt(location.kind === "directory" ? location.path : ""),
    stop.signal,
  );
  const events: RestoreEvent[] = [];
  try {
    const location = parseTableLocation(`${endpoint}/${name}`);
    const { result } = await drill({
      setting: {
        version: "0",
        jobId: "job",
        source: path,
        at: undefined,
        scratch: location.text,
        local: false,
        against: given.against,
      },
      source,
      scratch: new ScratchTable({ location, schema: source.schema, patienceMs: 1_000 }),
      against,
      concurrency: 4,
      prices: { write: 1, read: 1 },
      planFile: join(folder, "plan.ndjson"),
      patienceMs: 1_000,
      signal: stop.signal,
      report(event) {
        events.push(event);
        on?.(event);
      },
    });
    return { result, events, left: await tablesCalled(name) };
  } finally {
    source.source.close();
    against?.close();
    await rm(folder, { recursive: true });
  }
}

/** Those of the tests' DynamoDB whose names begin so. */
export async function tablesCalled(
  start: string,
  client: DynamoDBClient = dynamoDbClient(),
): Promise<string[]> {
  const names: string[] = [];
  for await (const { TableNames } of paginateListTables({ client }, {})) names.push(...(TableNames ?? []));
  client.destroy();
  return names.filter((name) => name.startsWith(start));
}

/** `{ source: "passed", … }` */
export function resultsOf({ checks }: DrillResult): Partial<Record<CheckName, DrillCheck["result"]>> {
  return Object.fromEntries(checks.map(({ name, result }) => [name, result]));
}

export function detailOf({ checks }: DrillResult, name: CheckName): string {
  return checks.find((check) => check.name === name)!.detail;
}

/** A copy of everything in a place, to be spoiled. */
export async function copyOf(place: TestPlace): Promise<TestPlace & AsyncDisposable> {
  const copy = await newPlace("directory");
  for (const key of await place.keys()) await copy.put(key, (await place.get(key))!);
  return { ...copy, [Symbol.asyncDispose]: copy.drop };
}

export type DumpManifest = Record<string, unknown> & {
  items: number;
  files: { name: string; items: number; sha256: string; rawBytes: number; storedBytes: number }[];
};

/** Changes a dump's manifest. */
export async function spoilManifest(
  place: TestPlace,
  job: string,
  change: (manifest: DumpManifest) => object,
): Promise<void> {
  const key = `${job}/manifest.json`;
  const manifest = JSON.parse((await place.get(key))!.toString());
  await place.put(key, JSON.stringify(change(manifest)));
}

/** Changes lines of a dump's largest file, and all that the manifest says of the files; its fingerprint stays. */
export async function forge(
  place: TestPlace,
  job: string,
  change: (lines: string[]) => string[],
): Promise<void> {
  const manifest: DumpManifest = JSON.parse((await place.get(`${job}/manifest.json`))!.toString());
  const file = manifest.files.toSorted((a, b) => b.items - a.items)[0]!;
  const raw = gunzipSync((await place.get(`${job}/${file.name}`))!).toString();
  const lines = change(raw.trimEnd().split("\n"));
  const text = lines.map((line) => `${line}\n`).join("");
  const stored = gzipSync(text);
  await place.put(`${job}/${file.name}`, stored);
  await spoilManifest(place, job, (whole) => ({
    ...whole,
    items: whole.items - file.items + lines.length,
    files: whole.files.map((one) =>
      one.name !== file.name
        ? one
        : {
            ...one,
            items: lines.length,
            rawBytes: text.length,
            storedBytes: stored.length,
            sha256: createHash("sha256").update(stored).digest("hex"),
          },
    ),
  }));
}
