import { DdbrError } from "../../core/errors.ts";
import type { KeySchema } from "../../core/item/attribute-value.ts";
import { parseTableLocation, type TableLocation } from "../../core/location.ts";
import type { RestoreSource } from "../../core/restore/restore-source.ts";
import type { RestoreTarget } from "../../core/restore/run-restore.ts";
import { createTable, formLike, plainForm, type TableForm } from "../../core/table/create-table.ts";
import { openTable, type TableOptions } from "../../core/table/table.ts";

export interface NewTable {
  table: TableLocation;
  tableOptions: TableOptions;
  /** The table that it is to be like; undefined: the one that the source was made of. */
  like: string | undefined;
}

/** A table that is made when the plan is agreed to. @throws DdbrError `exists`; `usage` when nothing tells what it is to be like */
export async function newTable(
  { table, tableOptions, like }: NewTable,
  source: RestoreSource,
  signal: AbortSignal,
): Promise<RestoreTarget> {
  await refuseExisting(table, tableOptions, signal);
  const { form, schema } =
    like === undefined ? formOfSource(source) : await formOfTable(like, tableOptions, signal);
  return {
    description: { label: "table", name: table.text, schema, items: 0, bytes: 0 },
    async create(stop) {
      await createTable(table, form, tableOptions.access ?? {}, stop);
      return await openTable(table, { ...tableOptions, signal: stop });
    },
  };
}

interface Form {
  form: TableForm;
  schema: KeySchema;
}

function formOfSource({ name, schema, description }: RestoreSource): Form {
  if (schema === undefined) {
    throw new DdbrError("usage", "the source does not say what its table was like", {
      subject: name,
      hint: "name a table that the new one is to be like with --like",
    });
  }
  return { schema, form: description === undefined ? plainForm(schema) : formLike(description) };
}

async function formOfTable(text: string, options: TableOptions, signal: AbortSignal): Promise<Form> {
  const model = await openTable(parseTableLocation(text), { ...options, signal });
  try {
    return { schema: model.description.schema, form: formLike(await model.describe(signal)) };
  } finally {
    model.close();
  }
}

/** It would be found out only after everything was read and agreed to. */
async function refuseExisting(
  location: TableLocation,
  options: TableOptions,
  signal: AbortSignal,
): Promise<void> {
  const found = await openTable(location, { ...options, signal }).catch((error) => {
    if (error instanceof DdbrError && error.code === "no-such-table") return undefined;
    throw error;
  });
  if (found === undefined) return;
  found.close();
  throw new DdbrError("exists", "there is such a table already", {
    subject: location.text,
    hint: "leave --create away to restore into it, or give another name",
  });
}
