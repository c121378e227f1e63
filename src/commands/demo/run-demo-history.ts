import { join } from "node:path";
import { DEMO_PRIMARY } from "../../core/demo/demo-data.ts";
import { startEmbeddedDynamo } from "../../core/demo/embedded-server.ts";
import { ORDER_SCHEMA, order } from "../../core/demo/order.ts";
import { orderStory, writeStory } from "../../core/demo/order-story.ts";
import { recordName } from "../../core/incremental/record-object.ts";
import { keyOf } from "../../core/item/attribute-value.ts";
import { humanJson } from "../../core/item/human.ts";
import { openDirectoryStore } from "../../core/store/directory/directory-store.ts";
import { untilStopped } from "../../core/until-stopped.ts";
import { parseHistoryRequest, runRecordHistory } from "../history/run-record-history.ts";
import type { OutputMode } from "../output/mode.ts";
import { stopSignals } from "../output/stop-signals.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const SEED = 20_261_123;
const ORDERS = 400;
/** The order whose story is told. */
const INDEX = 21;

/** Makes a record with a history and shows that; returns the exit code. */
export async function runDemoHistory(mode: OutputMode): Promise<number> {
  // Over all of it, and what lies between: nothing may end the program with the folder left behind.
  using stop = stopSignals();
  using folder = temporaryDirectory();
  const server = await startEmbeddedDynamo();
  try {
    await untilStopped(server.loadDemo({ seed: SEED, orders: ORDERS }), stop.signal);
    const item = order(SEED, INDEX, ORDERS);
    const path = join(folder.path, DEMO_PRIMARY);
    const store = await openDirectoryStore({ kind: "directory", text: path, path });
    const story = orderStory(SEED, INDEX, ORDERS, Date.now());
    await writeStory(store, recordName(item, ORDER_SCHEMA), story, stop.signal);
    store.close();
    const request = parseHistoryRequest({
      table: `${server.endpoint}/${DEMO_PRIMARY}`,
      url: folder.path,
      key: humanJson(keyOf(item, ORDER_SCHEMA)),
      consistent: false,
    });
    return await runRecordHistory(
      { ...request, tableOptions: { ...request.tableOptions, access: { anyone: true } } },
      mode,
    );
  } finally {
    await server.stop();
  }
}
