import { Command, Option } from "clipanion";

/** What every command on a primary and its replica is called with. */
export abstract class TablePairCommand extends Command {
  primary = Option.String({ name: "primary" });
  replica = Option.String({ name: "replica" });

  ignore = Option.Array("--ignore", { description: "an attribute that does not count (repeatable)" });
  globalTableAttributes = Option.Boolean("--global-table-attributes", false, {
    description: "compare aws:rep:* attributes too, which global tables of 2017 add",
  });
  maxRcu = Option.String("--max-rcu", { description: "read units a second on each table, at most" });
  patience = Option.String("--patience", {
    description: "seconds for which a failing request is repeated (default: 60)",
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
