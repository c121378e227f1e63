import {
  assumeStatement,
  FUNCTION_CONDITIONS,
  functionOutputs,
  functionParameters,
  functionResources,
  ROLE_PATTERN,
} from "./function-parts.ts";
import {
  STREAM_PARAMETERS,
  STREAM_VARIABLES,
  streamOutputs,
  streamResources,
  streamStatements,
} from "./stream-parts.ts";
import { allow, either, isSet, ref, type Template } from "./template.ts";

const SIZE = { memory: 512, timeout: 60 };

/** A table's stream replayed onto a replica table. */
export const REPLICATOR: Template = {
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "ddbr: replays the stream of a DynamoDB table onto a replica table",
  Parameters: {
    ...functionParameters(SIZE),
    ReplicaTable: {
      Type: "String",
      Description: "ARN of the replica",
      AllowedPattern: "^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\\d{12}:table/[a-zA-Z0-9_.-]+$",
    },
    ReplicaRole: {
      Type: "String",
      Description: "ARN of a role to write the replica as; empty: the function's own",
      Default: "",
      AllowedPattern: ROLE_PATTERN,
    },
    ReplicaExternalId: { Type: "String", Description: "External id of that role", Default: "" },
    ...STREAM_PARAMETERS,
  },
  Conditions: { ...FUNCTION_CONDITIONS, AssumesRole: isSet("ReplicaRole") },
  Resources: {
    ...functionResources({
      description: "Replays a table's stream onto a replica (ddbr)",
      handler: "replicate",
      variables: {
        ReplicaTable: ref("ReplicaTable"),
        ReplicaRole: ref("ReplicaRole"),
        ReplicaExternalId: ref("ReplicaExternalId"),
        ...STREAM_VARIABLES,
      },
      statements: [
        either(
          "AssumesRole",
          assumeStatement("ReplicaRole"),
          allow(["dynamodb:BatchWriteItem"], ref("ReplicaTable")),
        ),
        ...streamStatements(),
      ],
    }),
    ...streamResources(),
  },
  Outputs: { ...functionOutputs, ...streamOutputs },
};
