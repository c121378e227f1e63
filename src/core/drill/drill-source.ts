import { findFiles } from "../backup/find-files.ts";
import type { BackupManifest } from "../backup/manifest.ts";
import { DdbrError } from "../errors.ts";
import { type Fingerprint, haveSameKey } from "../fingerprint/fingerprint.ts";
import { fingerprintIn } from "../fingerprint/fingerprint-json.ts";
import type { KeyAttribute, KeySchema } from "../item/attribute-value.ts";
import type { RestoreSource } from "../restore/restore-source.ts";
import { findSource, type SourceRequest } from "../restore/sources/find-source.ts";
import type { StoreLocation } from "../store/store-location.ts";
import { describeSchema } from "../table/describe.ts";
import { learnSchema, schemaOf } from "./learn-schema.ts";

export interface DrillSource {
  source: RestoreSource;
  /** The key of the table that is to be made. */
  schema: KeySchema;
  table: { name: string; arn: string } | undefined;
  /** What a manifest says of it; undefined where there is none. */
  manifest: { files: number | undefined; items: number; fingerprint: Fingerprint | undefined } | undefined;
}

export interface DrillSourceRequest extends Omit<SourceRequest, "table"> {
  /** As the user told it. */
  key: KeySchema | undefined;
}

type Opener = Parameters<typeof findSource>[2];

const READS = 64;

/**
 * Opens what is to be restored, and finds out what the table's key is.
 * @param place an incremental folder itself, not one above it
 * @throws DdbrError `damaged` where a manifest cannot be right; `key` where nothing says what the key is; `usage` where the
 *   source does not hold a whole table; as `findSource`
 */
export async function openDrillSource(
  place: StoreLocation,
  request: DrillSourceRequest,
  open: Opener,
  signal: AbortSignal,
): Promise<DrillSource> {
  const source = await findSource(place, { ...request, table: undefined }, open, signal);
  try {
    if (source.kind === "changes") throw onlyChanges(place);
    const told = await manifestOf(source, place, request, open, signal);
    const schema =
      request.key ??
      source.schema ??
      schemaOf(told.manifest?.fingerprint?.key ?? []) ??
      (await learnt(source, place, request, open, signal));
    if (schema === undefined) throw keyUnknown(place);
    if (!haveSameKey(schema, source.schema ?? [])) throw otherKey(place, source.schema!);
    return { source, schema, ...told };
  } catch (error) {
    source.close();
    throw error;
  }
}

async function manifestOf(
  { kind, items }: RestoreSource,
  place: StoreLocation,
  { storeOptions }: DrillSourceRequest,
  open: Opener,
  signal: AbortSignal,
): Promise<Pick<DrillSource, "table" | "manifest">> {
  if (kind === "folder") return { table: undefined, manifest: undefined };
  const found = await findFiles(place, (location) => open(location, storeOptions, signal), signal);
  // DynamoDB's exports have manifests of their own.
  if (found === undefined) {
    return { table: undefined, manifest: { files: undefined, items, fingerprint: undefined } };
  }
  found.store.close();
  if (found.manifest === undefined) return { table: undefined, manifest: undefined };
  const { files } = found;
  const manifest = {
    files: files.length,
    items: files.reduce((sum, file) => sum + (file.items ?? 0), 0),
    fingerprint: fingerprintIn(found.manifest, `${place.text}, manifest`),
  };
  return { table: found.kind === "dump" ? tableOf(found.manifest.table, place) : undefined, manifest };
}

/** Of its manifest only what reading needs was looked at. @throws DdbrError `damaged` */
function tableOf(table: unknown, { text }: StoreLocation): DrillSource["table"] {
  const { name, arn, keySchema } = (table ?? {}) as Partial<BackupManifest["table"]>;
  if (typeof name === "string" && typeof arn === "string" && isSchema(keySchema)) return { name, arn };
  throw new DdbrError("damaged", "its manifest does not say of which table it is, and what its key is", {
    subject: text,
    hint: "it was changed after it was written: take another copy",
  });
}

function isSchema(value: unknown): value is KeySchema {
  const isAttribute = (attribute: Partial<KeyAttribute> | null) =>
    typeof attribute?.name === "string" && ["S", "N", "B"].includes(attribute.type ?? "");
  return Array.isArray(value) && (value.length === 1 || value.length === 2) && value.every(isAttribute);
}

async function learnt(
  { kind }: RestoreSource,
  place: StoreLocation,
  { at, reads = READS, storeOptions }: DrillSourceRequest,
  open: Opener,
  signal: AbortSignal,
): Promise<KeySchema | undefined> {
  if (kind !== "folder") return undefined;
  const store = await open(place, storeOptions, signal);
  try {
    return await learnSchema(store, { at, reads, signal });
  } finally {
    store.close();
  }
}

function onlyChanges({ text }: StoreLocation): DdbrError {
  return new DdbrError(
    "usage",
    "an incremental export does not hold all records, so no table is made of it",
    {
      subject: text,
      hint: "drill the full export that it follows on",
    },
  );
}

function keyUnknown({ text }: StoreLocation): DdbrError {
  return new DdbrError("key", "does not say what the table's key is", {
    subject: text,
    hint: "say it: --like <table>, or --key-schema id:S (name:type, with a sort key id:S,at:N)",
  });
}

function otherKey({ text }: StoreLocation, schema: KeySchema): DdbrError {
  return new DdbrError("usage", `is of a table with the key ${describeSchema(schema)}`, {
    subject: text,
    hint: "leave --like and --key-schema away: the backup says what its key is",
  });
}
