import { type DrillSource, openDrillSource } from "../../core/drill/drill-source.ts";
import { DdbrError } from "../../core/errors.ts";
import { haveSameKey } from "../../core/fingerprint/fingerprint.ts";
import type { KeySchema } from "../../core/item/attribute-value.ts";
import { openStore } from "../../core/store/open-store.ts";
import { describeSchema } from "../../core/table/describe.ts";
import { openTable, type Table } from "../../core/table/table.ts";
import type { DrillRequest } from "./drill-request.ts";

/** What a drill works on, besides its own table. */
export interface OpenedDrill {
  source: DrillSource;
  against: Table | undefined;
}

/** @throws DdbrError what is wrong with the source, the live table, or how they belong together */
export async function openDrill(request: DrillRequest, signal: AbortSignal): Promise<OpenedDrill> {
  const { place, at, storeOptions, reads, against, againstOptions } = request;
  const key = await keyOf(request, signal);
  const source = await openDrillSource(place, { at, storeOptions, reads, key }, openStore, signal);
  try {
    const live = against && (await openTable(against, { ...againstOptions, signal }));
    if (live !== undefined) refuseOtherKey(live, source.schema);
    return { source, against: live };
  } catch (error) {
    source.source.close();
    throw error;
  }
}

export function closeDrill({ source, against }: OpenedDrill): void {
  against?.close();
  source.source.close();
}

async function keyOf(
  { like, keySchema, againstOptions, tableOptions, against }: DrillRequest,
  signal: AbortSignal,
): Promise<KeySchema | undefined> {
  if (like === undefined) return keySchema;
  // The live table itself, more often than not.
  const options = like.text === against?.text ? againstOptions : tableOptions;
  const table = await openTable(like, { ...options, signal });
  table.close();
  return table.description.schema;
}

function refuseOtherKey(live: Table, schema: KeySchema): void {
  if (haveSameKey(live.description.schema, schema)) return;
  live.close();
  throw new DdbrError(
    "usage",
    `has the key ${describeSchema(live.description.schema)}, and the backup ${describeSchema(schema)}`,
    { subject: live.location.text, hint: "name the table that the backup was made of" },
  );
}

/** Nothing at all is where the backup was said to be: a slip of the pen, as far as can be seen. */
export function isMissing(error: unknown, { place }: DrillRequest): boolean {
  return error instanceof DdbrError && error.code === "no-such-object" && error.subject === place.text;
}
