import { randomBytes } from "node:crypto";
import { DdbrError } from "../../core/errors.ts";
import { parseKeySchema } from "../../core/fingerprint/key-schema.ts";
import type { KeySchema } from "../../core/item/attribute-value.ts";
import { parseTableLocation, type TableLocation } from "../../core/location.ts";
import type { UnitPrices } from "../../core/restore/prices.ts";
import { parseStoreLocation, type StoreLocation } from "../../core/store/store-location.ts";
import type { TableOptions } from "../../core/table/table.ts";
import { parseSourceOptions, type SourceOptions, type SourceWords } from "../fingerprint/source-request.ts";
import { accessOption } from "../options/access.ts";
import { type PriceWords, pricesOption } from "../options/cost.ts";
import { localFile } from "../options/local-file.ts";
import { numberOption } from "../options/numbers.ts";

export interface DrillWords extends SourceWords, PriceWords {
  source: string;
  scratch?: string | undefined;
  local: boolean;
  against?: string | undefined;
  againstProfile?: string | undefined;
  againstRoleArn?: string | undefined;
  againstExternalId?: string | undefined;
  like?: string | undefined;
  keySchema?: string | undefined;
  reportFile?: string | undefined;
  page?: string | undefined;
  maxWcu?: string | undefined;
}

export interface DrillRequest extends SourceOptions {
  jobId: string;
  place: StoreLocation;
  /** Undefined: in the server that the program brings along. */
  scratch: TableLocation | undefined;
  maxWriteUnits: number | undefined;
  against: TableLocation | undefined;
  againstOptions: TableOptions;
  like: TableLocation | undefined;
  keySchema: KeySchema | undefined;
  reportFile: string | undefined;
  page: string | undefined;
  prices: UnitPrices;
}

const NAME = "ddbr-drill";

/** @throws DdbrError for whatever is wrong or contradicts itself */
export function parseDrillRequest(words: DrillWords): DrillRequest {
  const { like, keySchema, scratch, local, against } = words;
  if (like !== undefined && keySchema !== undefined) {
    throw wrong("--like contradicts --key-schema", "give one of them");
  }
  if (local === (scratch !== undefined)) {
    throw local
      ? wrong("--scratch contradicts --local", "give one of them")
      : wrong(
          "a place for the scratch table is missing",
          "give --scratch <region>, --scratch <host:port>, or --local",
        );
  }
  const jobId = randomBytes(8).toString("hex");
  const options = parseSourceOptions(words);
  return {
    ...options,
    jobId,
    place: parseStoreLocation(words.source),
    scratch: scratch === undefined ? undefined : scratchLocation(scratch, jobId),
    maxWriteUnits: numberOption("--max-wcu", words.maxWcu, { min: 0, above: true }),
    against: against === undefined ? undefined : parseTableLocation(against),
    againstOptions: againstOptions(words, options.tableOptions),
    like: like === undefined ? undefined : parseTableLocation(like),
    keySchema: keySchema === undefined ? undefined : parseKeySchema("--key-schema", keySchema),
    ...outFiles(words),
    prices: pricesOption(words),
  };
}

/** A table in the server that the program brings along. */
export function localLocation(endpoint: string, jobId: string): TableLocation {
  return parseTableLocation(`${endpoint}/${NAME}-${jobId}`);
}

/** @param text a region or a server, and after it the beginning of the table's name where there is one */
function scratchLocation(text: string, jobId: string): TableLocation {
  if (text.startsWith("arn:")) {
    throw wrong(
      "--scratch is an ARN",
      "give a region or a server: the table is made under a name of its own",
    );
  }
  const hasName = /[^/]\/+[^/]/.test(text.replace(/^[a-z0-9+.-]+:\/\//i, ""));
  const named = hasName ? text : `${text.replace(/\/+$/, "")}/${NAME}`;
  return parseTableLocation(`${named}-${jobId}`);
}

function againstOptions(words: DrillWords, tableOptions: TableOptions): TableOptions {
  const { against, againstProfile, againstRoleArn, againstExternalId } = words;
  const access = accessOption("--against-", againstProfile, againstRoleArn, againstExternalId);
  const own = Object.keys(access).length > 0;
  if (own && against === undefined) {
    throw wrong("--against-profile and its like need --against", "name the live table");
  }
  return own ? { ...tableOptions, access } : tableOptions;
}

function outFiles(words: DrillWords): Pick<DrillRequest, "reportFile" | "page"> {
  const reportFile = localFile("--report", words.reportFile);
  const page = localFile("--page", words.page);
  if (page !== undefined && page === reportFile) {
    throw wrong("--report and --page name the same file", "give each a file of its own");
  }
  return { reportFile, page };
}

function wrong(message: string, hint: string): DdbrError {
  return new DdbrError("usage", message, { hint });
}
