import { Command, Option } from "clipanion";

/** The options of every command that reads or writes backups: whose account, which server, how the run is shown. */
export abstract class TransferCommand extends Command {
  s3Profile = Option.String("--s3-profile", { description: "AWS profile for S3" });
  s3RoleArn = Option.String("--s3-role-arn", { description: "role to assume for S3" });
  s3ExternalId = Option.String("--s3-external-id", { description: "external id of that role" });
  s3Endpoint = Option.String("--s3-endpoint", {
    description: "an S3 server of your own, e.g. http://127.0.0.1:9000",
  });
  s3PathStyle = Option.Boolean("--s3-path-style", {
    description: "address buckets by path, not by host name (the default with --s3-endpoint)",
  });
  bucketOwner = Option.String("--expected-bucket-owner", {
    description: "account that the bucket must belong to",
  });
  patience = Option.String("--patience", {
    description: "seconds for which a failing request is repeated (default: 60)",
  });
  json = Option.Boolean("--json", false, { description: "print one JSON event a line" });
  plain = Option.Boolean("--plain", false, { description: "print plain lines also on a terminal" });
  quiet = Option.Boolean("--quiet,-q", false, { description: "print the summary only, no progress" });
}

/** And of those that read a table. */
export abstract class TableTransferCommand extends TransferCommand {
  profile = Option.String("--profile", {
    description: "AWS profile for the table (and for S3, unless --s3-profile)",
  });
  roleArn = Option.String("--role-arn", {
    description: "role to assume for the table (and for S3, unless --s3-role-arn)",
  });
  externalId = Option.String("--external-id", { description: "external id of that role" });
  maxRcu = Option.String("--max-rcu", { description: "read units a second on the table, at most" });
  consistent = Option.Boolean("--consistent", false, {
    description: "scan with consistent reads, at twice the price",
  });
}
