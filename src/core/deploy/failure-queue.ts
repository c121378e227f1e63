import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { answerOf } from "./aws-failure.ts";
import { type AwsPlace, awsClient } from "./aws-place.ts";

export interface QueueDepth {
  waiting: number;
  /** Received by somebody, and not deleted yet. */
  inFlight: number;
}

export interface QueueMessage {
  id: string;
  receipt: string;
  body: string;
}

/** The queue that tells of records given up on. */
export interface FailureQueue {
  depth(signal: AbortSignal): Promise<QueueDepth>;
  /** Some messages, hidden from others for as long as given; none: there are no more just now. */
  receive(hiddenSeconds: number, signal: AbortSignal): Promise<QueueMessage[]>;
  delete(message: QueueMessage, signal: AbortSignal): Promise<void>;
  /** Lets others, and later runs, see it again. */
  release(message: QueueMessage, signal: AbortSignal): Promise<void>;
  close(): void;
}

const MOST_MESSAGES = 10;

/** @param arn the queue's; undefined is answered where it is none of SQS */
export async function openFailureQueue(
  place: AwsPlace,
  arn: string,
  abortSignal: AbortSignal,
): Promise<FailureQueue | undefined> {
  const [, , service, region, account, name] = arn.split(":");
  if (service !== "sqs" || name === undefined) return undefined;
  const client = new SQSClient(await awsClient({ ...place, region }, "sqs"));
  const ask = <Answer>(operation: string, sending: Promise<Answer>, signal: AbortSignal) =>
    answerOf(sending, { service: "SQS", operation, subject: `queue ${name}` }, signal);
  const command = new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account });
  const { QueueUrl } = await ask("GetQueueUrl", client.send(command, { abortSignal }), abortSignal).catch(
    (error) => {
      client.destroy();
      throw error;
    },
  );

  return {
    async depth(signal) {
      const asked = new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      });
      const { Attributes = {} } = await ask(
        "GetQueueAttributes",
        client.send(asked, { abortSignal: signal }),
        signal,
      );
      return {
        waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      };
    },

    async receive(VisibilityTimeout, signal) {
      const asked = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: MOST_MESSAGES,
        VisibilityTimeout,
        // Asks all servers of the queue, not only some.
        WaitTimeSeconds: 1,
      });
      const { Messages = [] } = await ask(
        "ReceiveMessage",
        client.send(asked, { abortSignal: signal }),
        signal,
      );
      return Messages.map(messageOf);
    },

    async delete({ receipt }, signal) {
      const asked = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt });
      await ask("DeleteMessage", client.send(asked, { abortSignal: signal }), signal);
    },

    async release({ receipt }, signal) {
      const asked = new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: receipt,
        VisibilityTimeout: 0,
      });
      await ask("ChangeMessageVisibility", client.send(asked, { abortSignal: signal }), signal);
    },

    close: () => client.destroy(),
  };
}

function messageOf({ MessageId = "", ReceiptHandle = "", Body = "" }: Message): QueueMessage {
  return { id: MessageId, receipt: ReceiptHandle, body: Body };
}
