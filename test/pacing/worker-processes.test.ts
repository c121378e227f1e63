import { expect, test } from "bun:test";
import { runDdbr } from "../helpers/cli.ts";
import { driftingOrders } from "../helpers/orders.ts";
import { ID_KEY, withTables } from "../helpers/table.ts";
import { withState } from "../state/opened-places.ts";
import { MeteredServer } from "./metered-server.ts";

const ITEMS = 2_500;
const WORKERS = 3;
/** Units a second on each table, of the whole run. */
const LIMIT = 15;
const TIMEOUT_MS = 120_000;

test(
  "--max-rcu is of all workers together",
  () =>
    withTables([ID_KEY, ID_KEY], (primary, replica) =>
      withState("s3", async (_, outside) => {
        const tables = driftingOrders(ITEMS, 500);
        await Promise.all([primary.load(tables.primary()), replica.load(tables.replica())]);
        await using server = await MeteredServer.start();
        const pair = [server.location(primary), server.location(replica)];
        const state = [outside.url, ...outside.options()];
        const words = ["--segments", "12", "--settle", "0.3", "--max-rcu", `${LIMIT}`, "--state", ...state];
        const options = { env: outside.env, timeoutMs: TIMEOUT_MS };
        const workers = await Promise.all(
          Array.from({ length: WORKERS }, () => runDdbr(["diff-tables", ...pair, ...words], options)),
        );
        expect(workers.map(({ code, stderr }) => (code === 0 ? "done" : stderr))).toEqual(
          Array(WORKERS).fill("done"),
        );
        // Each by itself would come to three times as much.
        expect(server.units / (server.elapsedMs / 1000)).toBeLessThan(2 * LIMIT * 1.5);
        const { code, stdout } = await runDdbr(["collect", ...state, "--json"], options);
        expect(code).toBe(1);
        const { totals } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
        const { missing, different, extraneous } = totals.discrepancies;
        expect(missing + different + extraneous).toBe(tables.drift.length);
      }),
    ),
  TIMEOUT_MS,
);
