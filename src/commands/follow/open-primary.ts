import { DdbrError } from "../../core/errors.ts";
import { describeTable, type TableDescription } from "../../core/table/describe.ts";
import { openDynamo } from "../../core/table/dynamo.ts";
import type { FollowRequest } from "./follow-request.ts";

/** The table whose stream is followed. */
export interface Primary extends TableDescription {
  /** The stream's ARN. */
  stream: string;
}

const WITH_NEW_IMAGES: ReadonlySet<string> = new Set(["NEW_IMAGE", "NEW_AND_OLD_IMAGES"]);

/** @throws DdbrError `stream-view` when there is no stream, or one without what was written */
export async function describePrimary(request: FollowRequest, signal: AbortSignal): Promise<Primary> {
  const { primary: location, primaryAccess: access, patienceMs } = request;
  const dynamo = await openDynamo(location, { access, patienceMs });
  try {
    const description = await describeTable(dynamo, location, signal);
    const { LatestStreamArn, StreamSpecification } = await dynamo.describe(signal);
    const view = StreamSpecification?.StreamViewType ?? "";
    if (StreamSpecification?.StreamEnabled !== true || LatestStreamArn === undefined) {
      throw new DdbrError("stream-view", "the table's stream is off", {
        subject: location.text,
        hint: "turn it on with the view NEW_AND_OLD_IMAGES (aws dynamodb update-table --stream-specification)",
      });
    }
    if (!WITH_NEW_IMAGES.has(view)) {
      throw new DdbrError("stream-view", `the table's stream holds no new images: its view is ${view}`, {
        subject: location.text,
        hint: "turn it off and on again with the view NEW_AND_OLD_IMAGES or NEW_IMAGE",
      });
    }
    return { ...description, stream: LatestStreamArn };
  } finally {
    dynamo.close();
  }
}
