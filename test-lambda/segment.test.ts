import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { beginRun } from "../test/helpers/begun-run.ts";
import { driftingOrders } from "../test/helpers/orders.ts";
import { withPlace } from "../test/helpers/stores.ts";
import { ID_KEY, withTables } from "../test/helpers/table.ts";
import { type Bundle, unpackBundle } from "./helpers/bundle.ts";
import { stateVariables } from "./helpers/functions.ts";
import { HOSTS } from "./helpers/hosts.ts";
import { linesSaying } from "./helpers/log-lines.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await unpackBundle();
});
afterAll(() => bundle.drop());

describe.each(HOSTS)("segment and collect on $host", ({ node, withFunction }) => {
  const options = (handler: string) => ({ node, root: bundle.root, handler, variables: stateVariables() });

  test("do a run's segments and tell what they came to", async () => {
    await withTables([ID_KEY, ID_KEY], async (primary, replica) => {
      const orders = driftingOrders(500, 50);
      await primary.load(orders.primary());
      await replica.load(orders.replica());
      await withPlace(
        "s3",
        async (place) => {
          const tables = { primary: primary.location, replica: replica.location };
          const state = await beginRun(place, { ...tables, segments: 3 });
          await withFunction(options("collect"), async (collect) => {
            expect(await collect.invoke({ state })).toMatchObject({
              answer: {
                outcome: "incomplete",
                problem: "2 of 3 segments are not done: 0 to 1",
                missing: [0, 1],
              },
            });
            await withFunction(options("segment"), async (lambda) => {
              for (const segment of [0, 1, 2, 0]) {
                expect(await lambda.invoke({ state, segment })).toEqual({
                  answer: { segment, status: "done" },
                });
              }
              const lines = linesSaying("segment", await lambda.log());
              expect(lines.map(({ segment, epoch }) => [segment, epoch])).toEqual([
                [0, 1],
                [1, 1],
                [2, undefined],
                [0, undefined],
              ]);
            });
            expect(await collect.invoke({ state })).toMatchObject({
              answer: {
                outcome: "discrepancies",
                problem: "",
                missingCount: 0,
                totals: { discrepancies: { missing: 10, different: 10, extraneous: 10 } },
              },
            });
            expect(linesSaying("collect", await collect.log())).toMatchObject([
              { outcome: "incomplete", missingCount: 2 },
              { outcome: "discrepancies", missingCount: 0 },
            ]);
          });
        },
        { versioned: false },
      );
    });
  });

  test("fail with one line where no run has begun", async () => {
    await withPlace("s3", async ({ url }) => {
      for (const handler of ["segment", "collect"]) {
        await withFunction(options(handler), async (lambda) => {
          expect(await lambda.invoke({ state: `${url}/nothing`, segment: 0 })).toMatchObject({
            error: {
              errorType: "Refused",
              errorMessage: expect.stringMatching(/^[^\n]*no run has begun[^\n]*$/),
            },
          });
        });
      }
    });
  });
});
