import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { streamOf, turnOnStream } from "../../core/deploy/primary-stream.ts";
import { DdbrError } from "../../core/errors.ts";
import type { TableLocation } from "../../core/location.ts";
import { parseTableLocation } from "../../core/location.ts";
import type { AccessOptions } from "../../core/table/access.ts";
import { openDynamo } from "../../core/table/dynamo.ts";
import type { Prepared } from "./deploy-request.ts";

/** A table in AWS, in a region of its own. @throws DdbrError `usage` */
export function awsTable(text: string): TableLocation & { region: string } {
  const location = parseTableLocation(text);
  const { region } = location;
  if (region !== undefined && region !== "ddblocal") return { ...location, region };
  throw new DdbrError("usage", `${JSON.stringify(text)} is no table in AWS`, {
    hint: "functions run beside tables in AWS: region/table, or a table's ARN; elsewhere use ddbr follow",
  });
}

/** Reads a table's description. */
export async function describeAwsTable(
  location: TableLocation,
  access: AccessOptions,
  signal: AbortSignal,
): Promise<TableDescription> {
  const dynamo = await openDynamo(location, { access });
  try {
    return await dynamo.describe(signal);
  } finally {
    dynamo.close();
  }
}

/** The parameter for the primary's stream, or the offer to turn it on. */
export function streamParameter(
  table: TableDescription,
  location: TableLocation,
  access: AccessOptions,
): Pick<Prepared, "parameters" | "stream"> {
  const arn = streamOf(table, location.text);
  if (arn !== undefined) return { parameters: { StreamArn: arn } };
  return {
    parameters: {},
    stream: {
      table: location.text,
      async turnOn(signal) {
        const dynamo = await openDynamo(location, { access });
        try {
          return await turnOnStream(dynamo, location, access, signal);
        } finally {
          dynamo.close();
        }
      },
    },
  };
}
