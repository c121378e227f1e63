import { bucketStatement, keyStatement, objectsArn } from "./bucket-parts.ts";
import { allow, isFilled, onlyIf, type Parameter, ref, sub, value } from "./template.ts";

const TABLE = "arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\\d{12}:table/[a-zA-Z0-9_.-]+";
const OBJECTS = "arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]+[a-z0-9]/.+";
const BUCKET = "arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]+[a-z0-9]";
const KEY = "arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/\\S+";
const ROLE = "arn:aws[a-z-]*:iam::\\d{12}:role/\\S+";

/** Such a list may be empty. */
const list = (what: string, element: string): Parameter => ({
  Type: "CommaDelimitedList",
  Description: `ARNs of ${what}`,
  Default: "",
  AllowedPattern: `^(${element})?$`,
});

/** What the runs of a runner may work on; each of these is a list. */
export const REACHED_PARAMETERS = {
  ReadTables: list("tables that are read", TABLE),
  WriteTables: list("tables that are written (repaired, filled, restored); they are read as well", TABLE),
  ReadObjects: list("objects that are read, such as arn:aws:s3:::backups/incremental/*", OBJECTS),
  WriteObjects: list("objects that are written, such as arn:aws:s3:::backups/dumps/*", OBJECTS),
  Buckets: list("these objects' buckets", BUCKET),
  Keys: list("KMS keys that these objects are encrypted with", KEY),
  Roles: list("roles that are assumed, for what belongs to other accounts", ROLE),
} satisfies Record<string, Parameter>;

type ReachedName = keyof typeof REACHED_PARAMETERS;

export const REACHED_CONDITIONS = Object.fromEntries(
  Object.keys(REACHED_PARAMETERS).map((name) => [`Has${name}`, isFilled(name)]),
);

const RIGHTS: Readonly<Record<ReachedName, string[]>> = {
  ReadTables: [
    "dynamodb:DescribeTable",
    "dynamodb:Scan",
    "dynamodb:BatchGetItem",
    // For the manifest of a backup.
    "dynamodb:DescribeTimeToLive",
    "dynamodb:ListTagsOfResource",
  ],
  WriteTables: [
    "dynamodb:DescribeTable",
    "dynamodb:Scan",
    "dynamodb:BatchGetItem",
    "dynamodb:PutItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
  ],
  ReadObjects: ["s3:GetObject", "s3:GetObjectVersion"],
  WriteObjects: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
  Buckets: [
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:ListBucketMultipartUploads",
    "s3:GetBucketVersioning",
  ],
  Keys: ["kms:GenerateDataKey", "kms:Decrypt"],
  Roles: ["sts:AssumeRole"],
};

/** What the functions need of what they work on. */
export function reachedStatements(): object[] {
  const names = Object.keys(REACHED_PARAMETERS) as ReachedName[];
  return names.map((name) => onlyIf(`Has${name}`, allow(RIGHTS[name], ref(name))));
}

const STATE_BUCKET = value("StateBucket");
const STATE_OBJECTS = `${value("StatePrefix")}/*`;

/** What the functions need of the place where runs have their state. */
export function stateStatements(): object[] {
  return [
    allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], objectsArn(STATE_BUCKET, STATE_OBJECTS)),
    // If it exists: S3 asks for this right, too, before it says that an object is not there.
    bucketStatement(["s3:ListBucket"], STATE_BUCKET, {
      StringLikeIfExists: { "s3:prefix": sub(STATE_OBJECTS) },
    }),
    keyStatement("StateEncryptionKey", ["kms:GenerateDataKey", "kms:Decrypt"]),
  ];
}

const own = (kind: string, ending = "") =>
  sub(
    `arn:${value("AWS::Partition")}:states:${value("AWS::Region")}:${value("AWS::AccountId")}:${kind}:${value("AWS::StackName")}${ending}`,
  );

/** What the state machine does: each element of a distributed map is an execution of its own, of the same machine. */
export function machineStatements(functions: object[]): object[] {
  return [
    allow(["lambda:InvokeFunction"], functions),
    allow(["states:StartExecution"], own("stateMachine")),
    allow(
      ["states:DescribeExecution", "states:StopExecution"],
      [own("execution", ":*"), own("execution", "/*")],
    ),
  ];
}
