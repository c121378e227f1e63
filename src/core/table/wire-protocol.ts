import { AwsJson1_0Protocol } from "@aws-sdk/core/protocols";

/** The operations that carry items; all others go the SDK's usual way. */
const WIRE_OPERATIONS = new Set([
  "Scan",
  "Query",
  "BatchGetItem",
  "BatchWriteItem",
  "PutItem",
  "DeleteItem",
  "GetRecords",
]);

type SerializeRequest = AwsJson1_0Protocol["serializeRequest"];
type DeserializeResponse = AwsJson1_0Protocol["deserializeResponse"];

/**
 * DynamoDB's JSON protocol with items left in wire form both ways: the response's text is parsed once and
 * handed on, the request is its JSON. Saves most of the client's CPU, and keeps binary as base64 text, so
 * what was read this way must be written this way (the standard serializer would encode it again).
 * Signing, endpoints and errors stay the SDK's own.
 */
export class WireProtocol extends AwsJson1_0Protocol {
  override async serializeRequest(
    operation: Parameters<SerializeRequest>[0],
    input: object,
    context: Parameters<SerializeRequest>[2],
  ): ReturnType<SerializeRequest> {
    if (!WIRE_OPERATIONS.has(operation.name)) return super.serializeRequest(operation, input, context);
    const request = await super.serializeRequest(operation, {}, context);
    request.body = JSON.stringify(input);
    return request;
  }

  override async deserializeResponse<Output extends { $metadata: object }>(
    operation: Parameters<DeserializeResponse>[0],
    context: Parameters<DeserializeResponse>[1],
    response: Parameters<DeserializeResponse>[2],
  ): Promise<Output> {
    if (!WIRE_OPERATIONS.has(operation.name) || response.statusCode >= 300) {
      return super.deserializeResponse(operation, context, response);
    }
    const body = response.body as Buffer;
    const output = JSON.parse(body.toString()) as Output & { $bytes: number };
    output.$bytes = body.length;
    output.$metadata = this.deserializeMetadata(response);
    return output;
  }
}
