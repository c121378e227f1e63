import { expect, test } from "bun:test";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openHistory } from "../../src/core/history/record-history.ts";
import type { KeySchema } from "../../src/core/item/attribute-value.ts";
import { forward, headersForBody, readAll } from "../helpers/http-forward.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { withPlace } from "../helpers/stores.ts";
import { openAt } from "../store/s3-opened.ts";
import { idName } from "./diff-backups.ts";
import { snapshot, snapshotLines } from "./folding.ts";

const REFUSAL =
  "<Error><Code>InvalidObjectState</Code><Message>The operation is not valid for the object's storage class</Message></Error>";

/** A proxy that calls every version archived, and gives back all but `refused()`: the others have been restored. */
async function archive(refused: () => string | undefined) {
  const server = createServer(async (request, response) => {
    const name = refused();
    if (request.method === "GET" && name !== undefined && request.url!.split("?")[0]!.endsWith(name)) {
      response.writeHead(403, { "content-type": "application/xml" }).end(REFUSAL);
      return;
    }
    const upstream = await forward(new URL(s3Endpoint()), request);
    const body = await readAll(upstream);
    const told = request.url!.includes("versions")
      ? Buffer.from(body.toString().replaceAll(">STANDARD<", ">GLACIER<"))
      : body;
    const length = request.method === "HEAD" ? Number(upstream.headers["content-length"] ?? 0) : told.length;
    response.writeHead(upstream.statusCode!, headersForBody(upstream, length)).end(told);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

test("a version that the listing calls archived is read, unless that is refused", async () => {
  const items = ["a", "b"].map((id) => ({ id: { S: id } }));
  const [one, other] = items.map(idName) as [string, string];
  let refused: string | undefined;
  const proxy = await archive(() => refused);
  try {
    await withPlace("s3", async (place) => {
      for (const item of items) await place.put(`f/${idName(item)}`, JSON.stringify(item));
      const fold = () =>
        snapshot(place, "f", "out.gz", { endpoint: proxy.url, options: ["--at", new Date().toISOString()] });
      const restored = await fold();
      expect(restored.code, restored.stdout).toBe(0);
      expect(await snapshotLines(place, "out.gz")).toEqual(items.map((item) => JSON.stringify(item)).sort());

      refused = one;
      const failed = await fold();
      expect(failed.code).toBe(2);
      expect(failed.stdout).toMatch(new RegExp(`f/${one}: archived: it cannot be read`));

      const store = await openAt(`${place.url}/f`, { endpoint: proxy.url });
      const schema: KeySchema = [{ name: "id", type: "S" }];
      const read = async (item: (typeof items)[number]) => {
        const history = await openHistory(store, item, schema);
        expect(history.versions.map(({ archived }) => archived)).toEqual([true]);
        return await history.read(history.versions[0]!);
      };
      expect(await read(items[0]!)).toEqual({ recorded: {}, problem: "archived" });
      expect(await read(items[1]!)).toEqual({ recorded: {}, item: items[1]! });
      // What is no text is no item either.
      await place.put(`f/${other}`, Buffer.from('{"id":{"S":"b\xff"}}', "latin1"));
      const { versions, read: readVersion } = await openHistory(store, items[1]!, schema);
      expect(await readVersion(versions[0]!)).toEqual({ recorded: {}, problem: "is not UTF-8 text" });
      store.close();
    });
  } finally {
    await proxy.stop();
  }
});
