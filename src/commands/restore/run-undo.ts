import { DdbrError } from "../../core/errors.ts";
import { parseTableLocation, type TableLocation } from "../../core/location.ts";
import { openChangesFile } from "../../core/restore/changes-file.ts";
import type { ChangesHeader } from "../../core/restore/changes-notes.ts";
import { undoChanges } from "../../core/restore/undo-changes.ts";
import { openTable, type Table, type TableOptions } from "../../core/table/table.ts";
import type { Fact } from "../../tui/state/restore/restore-frame.ts";
import { accessOption } from "../options/access.ts";
import { localFile } from "../options/local-file.ts";
import { numberOption } from "../options/numbers.ts";
import { patienceOption } from "../options/store-access.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { resumeFacts, tableFacts } from "./restore-facts.ts";
import { type PlanRequest, type PlanWords, parsePlanRequest } from "./restore-request.ts";
import { mustBeAnswered, showRestore } from "./show-restore.ts";
import { tableOfChanges } from "./table-of-changes.ts";

export interface UndoWords extends PlanWords {
  file: string;
  table?: string | undefined;
  profile?: string | undefined;
  roleArn?: string | undefined;
  externalId?: string | undefined;
  maxRcu?: string | undefined;
  patience?: string | undefined;
}

interface UndoRequest extends PlanRequest {
  file: string;
  table: TableLocation;
  tableOptions: TableOptions;
  patienceMs: number;
  header: ChangesHeader | undefined;
  /** The table was named: it is meant, whatever the file says. */
  isNamed: boolean;
}

/** @throws DdbrError for whatever is wrong or contradicts itself, also for what is no undo file */
export async function parseUndo(words: UndoWords): Promise<UndoRequest> {
  const file = localFile("<file>", words.file)!;
  const header = headerOf(file);
  const table = parseTableLocation(words.table ?? header?.table ?? (await tableOfChanges(file)));
  const patienceMs = patienceOption(words.patience);
  const plan = parsePlanRequest(words, "undo", table.name);
  return {
    ...plan,
    file,
    table,
    tableOptions: {
      access: accessOption("--", words.profile, words.roleArn, words.externalId),
      maxReadUnits: numberOption("--max-rcu", words.maxRcu, { min: 0, above: true }),
      maxWriteUnits: plan.maxWriteUnits,
      patienceMs,
    },
    patienceMs,
    header,
    isNamed: words.table !== undefined,
  };
}

function headerOf(path: string): ChangesHeader | undefined {
  const file = openChangesFile(path);
  file.close();
  return file.header;
}

/** `ddbr undo`, its words understood; returns the exit code. */
export async function runUndo(request: UndoRequest, mode: OutputMode): Promise<number> {
  mustBeAnswered(request, mode);
  const { file, header, jobId, dryRun, undoFile, resume, writePrice, yes, patienceMs } = request;
  const table = await stoppable((signal) => openTable(request.table, { ...request.tableOptions, signal }));
  try {
    refuseOther(request, table);
    return await showRestore({
      command: "undo",
      mode,
      yes,
      writePrice,
      table: request.table.text,
      facts: [...tableFacts(table), ...fileFacts(file, header), ...resumeFacts(resume)],
      run: (controls) =>
        undoChanges({ ...controls, jobId, file, table, dryRun, undoFile, resume, patienceMs }),
    });
  } finally {
    table.close();
  }
}

/** The same words may lead to another table today: in another account, or made anew. */
function refuseOther({ file, header, isNamed }: UndoRequest, { arn, createdAt }: Table): void {
  if (isNamed || header === undefined) return;
  const refuse = (message: string) => {
    throw new DdbrError("usage", message, {
      subject: file,
      hint: "if this table is meant all the same, name it with --table",
    });
  };
  if (header.arn !== arn) refuse(`was written for the table ${header.arn}, and this is ${arn}`);
  if (Date.parse(header.createdAt) !== createdAt) {
    refuse(`was written for a table made at ${header.createdAt}, and this one was made since`);
  }
}

function fileFacts(file: string, header: ChangesHeader | undefined): Fact[] {
  const of =
    header === undefined ? "of a repair" : `of a ${header.job} from ${header.source}, ${header.startedAt}`;
  return [{ label: "undoes", text: `${file}, ${of}` }];
}
