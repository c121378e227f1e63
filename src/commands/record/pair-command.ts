import { Command, Option } from "clipanion";
import { keyArguments, keysOption } from "../options/keys.ts";

/** What a command on records of two tables is called with. */
export abstract class RecordPairCommand extends Command {
  primary = Option.String({ name: "primary" });
  replica = Option.String({ name: "replica" });
  keys = keyArguments();

  keysFile = keysOption();
  ignore = Option.Array("--ignore", { description: "an attribute that does not count (repeatable)" });
  globalTableAttributes = Option.Boolean("--global-table-attributes", false, {
    description: "compare aws:rep:* attributes too, which global tables of 2017 add",
  });
  maxRcu = Option.String("--max-rcu", { description: "read units a second on each table, at most" });
  patience = Option.String("--patience", {
    description: "seconds for which a failing request is repeated (default: 60)",
  });
  json = Option.Boolean("--json", false, { description: "print one JSON event a line" });
  plain = Option.Boolean("--plain", false, { description: "print plain lines also on a terminal" });
  quiet = Option.Boolean("--quiet,-q", false, {
    description: "print no attributes, and of many records only those that matter",
  });

  primaryProfile = Option.String("--primary-profile", { description: "AWS profile for the primary" });
  replicaProfile = Option.String("--replica-profile", { description: "AWS profile for the replica" });
  primaryRoleArn = Option.String("--primary-role-arn", { description: "role to assume for the primary" });
  replicaRoleArn = Option.String("--replica-role-arn", { description: "role to assume for the replica" });
  primaryExternalId = Option.String("--primary-external-id", {
    description: "external id of the primary's role",
  });
  replicaExternalId = Option.String("--replica-external-id", {
    description: "external id of the replica's role",
  });
}
