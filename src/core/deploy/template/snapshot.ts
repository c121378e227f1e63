import { errorAlarm } from "./alarm.ts";
import {
  bucketParameter,
  bucketStatement,
  KEY_PATTERN,
  keepingParameters,
  keepingVariables,
  keyStatement,
  objectsArn,
} from "./bucket-parts.ts";
import {
  assumeStatement,
  FUNCTION_CONDITIONS,
  functionOutputs,
  functionParameters,
  functionResources,
  ROLE_PATTERN,
} from "./function-parts.ts";
import {
  allow,
  attribute,
  either,
  isSet,
  onlyIf,
  type Resource,
  ref,
  sub,
  type Template,
  unless,
  value,
} from "./template.ts";

const SIZE = { memory: 1024, timeout: 900 };
const SOURCE = value("SourceBucket");
const DESTINATION = value("DestinationBucket");
const MANIFEST = ".manifest.json";
const DESTINATION_URL = either(
  "HasFolder",
  sub(`s3://${value("DestinationBucket")}/${value("DestinationFolder")}/${value("DestinationName")}`),
  sub(`s3://${value("DestinationBucket")}/${value("DestinationName")}`),
);

/** An incremental folder folded into one file, on a schedule. */
export const SNAPSHOT: Template = {
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "ddbr: folds the incremental backup of a DynamoDB table into one file, on a schedule",
  Parameters: {
    ...functionParameters(SIZE),
    Schedule: {
      Type: "String",
      Description: "When: rate(1 day), or cron(0 3 * * ? *) in UTC",
      AllowedPattern: "^(rate|cron)\\(.+\\)$",
    },
    SourceBucket: bucketParameter("the folder"),
    SourcePrefix: {
      Type: "String",
      Description: "The table's folder, without slashes at its ends",
      AllowedPattern: "^([^/].*[^/]|[^/])$",
    },
    DestinationBucket: bucketParameter("the file"),
    DestinationFolder: {
      Type: "String",
      Description: "The file's folder, without slashes at its ends; empty: none",
      Default: "",
      AllowedPattern: "^([^/].*[^/]|[^/]?)$",
    },
    DestinationName: {
      Type: "String",
      Description:
        "The file's name; each snapshot replaces the one before, whose version the bucket may keep",
      AllowedPattern: "^[^/]+$",
    },
    SnapshotManifest: {
      Type: "String",
      Description: "Whether counts and SHA-256 are written to <file>.manifest.json",
      Default: "true",
      AllowedValues: ["true", "false"],
    },
    SnapshotRegion: {
      Type: "String",
      Description: "The buckets' region; empty: the function's",
      Default: "",
      AllowedPattern: "^[a-z0-9-]*$",
    },
    SnapshotRole: {
      Type: "String",
      Description: "ARN of a role to read and write the buckets as; empty: the function's own",
      Default: "",
      AllowedPattern: ROLE_PATTERN,
    },
    SnapshotExternalId: { Type: "String", Description: "External id of that role", Default: "" },
    SourceEncryptionKey: {
      Type: "String",
      Description: "ARN of the KMS key that the folder's objects are encrypted with; empty: none",
      Default: "",
      AllowedPattern: KEY_PATTERN,
    },
    ...keepingParameters("Snapshot"),
  },
  Conditions: {
    ...FUNCTION_CONDITIONS,
    AssumesRole: isSet("SnapshotRole"),
    HasFolder: isSet("DestinationFolder"),
    HasSnapshotEncryptionKey: isSet("SnapshotEncryptionKey"),
    HasSourceEncryptionKey: isSet("SourceEncryptionKey"),
  },
  Resources: {
    ...functionResources({
      description: "Folds an incremental folder into one file (ddbr)",
      handler: "snapshot",
      variables: {
        SnapshotSource: sub(`s3://${value("SourceBucket")}/${value("SourcePrefix")}`),
        SnapshotDestination: DESTINATION_URL,
        SnapshotManifest: ref("SnapshotManifest"),
        SnapshotRegion: ref("SnapshotRegion"),
        SnapshotRole: ref("SnapshotRole"),
        SnapshotExternalId: ref("SnapshotExternalId"),
        ...keepingVariables("Snapshot"),
      },
      statements: [
        onlyIf("AssumesRole", assumeStatement("SnapshotRole")),
        ...[...sourceStatements(), ...destinationStatements()].map((statement) =>
          unless("AssumesRole", statement),
        ),
        unless("AssumesRole", keyStatement("SourceEncryptionKey", ["kms:Decrypt"])),
        // An upload in parts reads what it has written.
        unless("AssumesRole", keyStatement("SnapshotEncryptionKey", ["kms:GenerateDataKey", "kms:Decrypt"])),
      ],
    }),
    ...scheduleResources(),
    ErrorAlarm: errorAlarm("A snapshot failed", 1),
  },
  Outputs: {
    ...functionOutputs,
    Snapshot: { Description: "Where the file is put", Value: DESTINATION_URL },
  },
};

function sourceStatements(): object[] {
  const within = { "s3:prefix": sub(`${value("SourcePrefix")}/*`) };
  return [
    allow(["s3:GetObject"], objectsArn(SOURCE, `${value("SourcePrefix")}/*`)),
    // If it exists: S3 asks for this right, too, before it says that an object is not there; and one may be deleted meanwhile.
    bucketStatement(["s3:ListBucket"], SOURCE, { StringLikeIfExists: within }),
    // Whether an empty folder has ever held a record.
    bucketStatement(["s3:ListBucketVersions"], SOURCE, { StringLike: within }),
  ];
}

function destinationStatements(): object[] {
  const file = (ending: string) =>
    either(
      "HasFolder",
      objectsArn(DESTINATION, `${value("DestinationFolder")}/${value("DestinationName")}${ending}`),
      objectsArn(DESTINATION, `${value("DestinationName")}${ending}`),
    );
  const name = either(
    "HasFolder",
    sub(`${value("DestinationFolder")}/${value("DestinationName")}`),
    ref("DestinationName"),
  );
  return [
    allow(["s3:PutObject", "s3:GetObject"], [file(""), file(MANIFEST)]),
    allow(["s3:AbortMultipartUpload"], file("")),
    allow(["s3:DeleteObject"], file(MANIFEST)),
    // Finding the bucket is listing one object of it.
    bucketStatement(["s3:ListBucket"], DESTINATION, {
      StringEquals: { "s3:prefix": either("HasFolder", sub(`${value("DestinationFolder")}/`), "") },
    }),
    bucketStatement(["s3:ListBucketMultipartUploads"], DESTINATION, { StringEquals: { "s3:prefix": name } }),
  ];
}

function scheduleResources(): Record<string, Resource> {
  return {
    ScheduleRule: {
      Type: "AWS::Events::Rule",
      Properties: {
        Description: "Takes a snapshot (ddbr)",
        ScheduleExpression: ref("Schedule"),
        Targets: [{ Id: "function", Arn: attribute("Function", "Arn") }],
      },
    },
    SchedulePermission: {
      Type: "AWS::Lambda::Permission",
      Properties: {
        Action: "lambda:InvokeFunction",
        FunctionName: ref("Function"),
        Principal: "events.amazonaws.com",
        SourceArn: attribute("ScheduleRule", "Arn"),
      },
    },
  };
}
