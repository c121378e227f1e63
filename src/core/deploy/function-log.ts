import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsResponse,
} from "@aws-sdk/client-cloudwatch-logs";
import { answerOf } from "./aws-failure.ts";
import { type AwsPlace, awsClient } from "./aws-place.ts";

export interface LogSearch {
  group: string;
  /** Lines have this text in them; letters and digits. */
  text: string;
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

/** A log's lines, oldest first. @throws DdbrError `no-such-object` where there is no such log */
export async function searchLog(
  place: AwsPlace,
  { group, text, from, to }: LogSearch,
  abortSignal: AbortSignal,
): Promise<string[]> {
  const client = new CloudWatchLogsClient(await awsClient(place, "cloudwatch_logs"));
  const lines: string[] = [];
  let nextToken: string | undefined;
  try {
    do {
      const command = new FilterLogEventsCommand({
        logGroupName: group,
        filterPattern: `"${text}"`,
        startTime: from,
        endTime: to,
        nextToken,
      });
      const page: FilterLogEventsResponse = await answerOf(
        client.send(command, { abortSignal }),
        { service: "CloudWatch Logs", operation: "FilterLogEvents", subject: `log ${group}` },
        abortSignal,
      );
      lines.push(...(page.events ?? []).flatMap(({ message }) => message ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return lines;
  } finally {
    client.destroy();
  }
}
