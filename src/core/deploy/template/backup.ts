import {
  bucketParameter,
  bucketStatement,
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
  STREAM_PARAMETERS,
  STREAM_VARIABLES,
  streamOutputs,
  streamResources,
  streamStatements,
} from "./stream-parts.ts";
import { allow, either, isSet, onlyIf, ref, sub, type Template, unless, value } from "./template.ts";

const SIZE = { memory: 512, timeout: 60 };
const BUCKET = value("BackupBucket");

/** A table's stream replayed into an incremental folder. */
export const BACKUP: Template = {
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "ddbr: backs up the stream of a DynamoDB table, one object per record",
  Parameters: {
    ...functionParameters(SIZE),
    BackupBucket: bucketParameter("backups; it must keep versions"),
    BackupPrefix: {
      Type: "String",
      Description: "What is above the tables' folders, without slashes at its ends; empty: nothing",
      Default: "",
      AllowedPattern: "^([^/].*[^/]|[^/]?)$",
    },
    BackupTable: {
      Type: "String",
      Description: "Name of the table's folder: the table's name",
      AllowedPattern: "^[a-zA-Z0-9_.-]{3,255}$",
    },
    BackupRegion: {
      Type: "String",
      Description: "The bucket's region; empty: the function's",
      Default: "",
      AllowedPattern: "^[a-z0-9-]*$",
    },
    BackupRole: {
      Type: "String",
      Description: "ARN of a role to write to the bucket as; empty: the function's own",
      Default: "",
      AllowedPattern: ROLE_PATTERN,
    },
    BackupExternalId: { Type: "String", Description: "External id of that role", Default: "" },
    ...keepingParameters("Backup"),
    ...STREAM_PARAMETERS,
  },
  Conditions: {
    ...FUNCTION_CONDITIONS,
    AssumesRole: isSet("BackupRole"),
    HasPrefix: isSet("BackupPrefix"),
    HasBackupEncryptionKey: isSet("BackupEncryptionKey"),
  },
  Resources: {
    ...functionResources({
      description: "Backs up a table's stream, one object per record (ddbr)",
      handler: "backup",
      variables: {
        BackupBucket: ref("BackupBucket"),
        BackupPrefix: ref("BackupPrefix"),
        BackupTable: ref("BackupTable"),
        BackupRegion: ref("BackupRegion"),
        BackupRole: ref("BackupRole"),
        BackupExternalId: ref("BackupExternalId"),
        ...keepingVariables("Backup"),
        ...STREAM_VARIABLES,
      },
      statements: [
        onlyIf("AssumesRole", assumeStatement("BackupRole")),
        unless(
          "AssumesRole",
          allow(
            ["s3:PutObject", "s3:DeleteObject"],
            either(
              "HasPrefix",
              objectsArn(BUCKET, `${value("BackupPrefix")}/${value("BackupTable")}/*`),
              objectsArn(BUCKET, `${value("BackupTable")}/*`),
            ),
          ),
        ),
        // Finding the bucket is listing one object of it.
        unless(
          "AssumesRole",
          bucketStatement(["s3:ListBucket"], BUCKET, {
            StringEquals: { "s3:prefix": either("HasPrefix", sub(`${value("BackupPrefix")}/`), "") },
          }),
        ),
        // Deletions are recorded only where versions are kept.
        unless("AssumesRole", bucketStatement(["s3:GetBucketVersioning"], BUCKET)),
        unless("AssumesRole", keyStatement("BackupEncryptionKey", ["kms:GenerateDataKey"])),
        ...streamStatements(),
      ],
    }),
    ...streamResources(),
  },
  Outputs: { ...functionOutputs, ...streamOutputs },
};
