import { Option } from "clipanion";
import { writePriceOption } from "../options/cost-options.ts";
import { keysOption } from "../options/keys.ts";
import { TableTransferCommand } from "../options/transfer-command.ts";
import { dryRunOption, maxWcuOption, quietOption, resumeOption, yesOption } from "./plan-options.ts";

/** What every command is called with that restores a table, or a part of it, from a backup. */
export abstract class PartRestoreCommand extends TableTransferCommand {
  key = Option.Array("--key", {
    description: `only this record, e.g. '{"id":"abc"}' (repeatable)`,
  });
  keysFile = keysOption();
  partition = Option.String("--partition", {
    description: "only records with this partition key: its value, or a JSON object",
  });
  where = Option.Array("--where", {
    description: `only records of which an image meets this, e.g. 'status = "paid"' (repeatable)`,
  });
  dryRun = dryRunOption();
  yes = yesOption();
  resume = resumeOption();
  maxWcu = maxWcuOption();
  writePrice = writePriceOption();
  reads = Option.String("--reads", { description: "objects read at the same time (default: 64)" });
  override quiet = quietOption();
}
