import { DdbrError } from "../../core/errors.ts";
import type { TableLocation } from "../../core/location.ts";
import type { S3Location } from "../../core/store/store-location.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { bucketPlace } from "./bucket-request.ts";
import { awsTable, describeAwsTable } from "./stream-source.ts";

export interface ReachWords {
  reads?: string[] | undefined;
  writes?: string[] | undefined;
}

/** What runs may read, or write: checked, but nothing looked up yet. */
interface Reached {
  tables: TableLocation[];
  places: S3Location[];
}

export interface ReachLook {
  access: AccessOptions;
  /** The stack's: a bucket's ARN has the partition of it. */
  region: string;
  signal: AbortSignal;
}

/**
 * What a runner's runs may reach, said as a whole: what only one of the options names, the other does not.
 * @returns how the template's parameters are found out; undefined where nothing was given. @throws DdbrError `usage`
 */
export function parseReached({
  reads,
  writes,
}: ReachWords): ((look: ReachLook) => Promise<Record<string, string>>) | undefined {
  if (reads === undefined && writes === undefined) return undefined;
  const [read, written] = [reached("--reads", reads), reached("--writes", writes)];
  return async (look) => {
    const [ReadTables, WriteTables] = await Promise.all(
      [read, written].map(({ tables }) => Promise.all(tables.map((table) => tableArn(table, look)))),
    );
    const objects = ({ places }: Reached) =>
      places.map((place) => `${bucketArn(place, look)}/${folder(place)}*`);
    const buckets = [...read.places, ...written.places].map((place) => bucketArn(place, look));
    return {
      ReadTables: list(ReadTables!),
      WriteTables: list(WriteTables!),
      ReadObjects: list(objects(read)),
      WriteObjects: list(objects(written)),
      Buckets: list(buckets),
    };
  };
}

/** As CloudFormation takes several. */
export function list(elements: readonly string[]): string {
  return [...new Set(elements)].join(",");
}

function reached(option: string, words: readonly string[] = []): Reached {
  const isPlace = (word: string) => /^s3:/i.test(word);
  const broken = words.find((word) => word.includes(","));
  if (broken !== undefined) {
    throw new DdbrError("usage", `${option} is ${JSON.stringify(broken)}, with a comma`, {
      hint: "give the option once for each",
    });
  }
  return {
    tables: words.filter((word) => word !== "" && !isPlace(word)).map(awsTable),
    places: words.filter(isPlace).map(bucketPlace),
  };
}

/** One that is given by its ARN may be made later, or be somebody else's: it is not looked at. */
async function tableArn(location: TableLocation, { access, signal }: ReachLook): Promise<string> {
  if (location.table.startsWith("arn:")) return location.table;
  return (await describeAwsTable(location, access, signal)).TableArn!;
}

function bucketArn({ bucket }: S3Location, { region }: ReachLook): string {
  const partition = /^(cn|us-gov)-/.exec(region)?.[1];
  return `arn:aws${partition === undefined ? "" : `-${partition}`}:s3:::${bucket}`;
}

function folder({ prefix }: S3Location): string {
  return prefix === "" ? "" : `${prefix}/`;
}
