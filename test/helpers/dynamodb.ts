import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { fromTestCommand } from "./environment.ts";

/** Where the tests' DynamoDB is, e.g. `http://127.0.0.1:8000`. */
export function dynamoDbEndpoint(): string {
  return fromTestCommand("DDBR_TEST_DYNAMODB");
}

/**
 * A client as the SDK makes it, sharing nothing with src: what tests judge results with.
 * Give an `endpoint` (such as a fault proxy's address) to talk to something else.
 */
export function dynamoDbClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint: dynamoDbEndpoint(),
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    requestHandler: new FetchHttpHandler(),
    ...config,
  });
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}
