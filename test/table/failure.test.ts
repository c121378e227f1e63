import { expect, test } from "bun:test";
import { toDdbrError } from "../../src/core/table/failure.ts";

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), { code: "ECONNREFUSED" });

test.each([
  ["Node's fetch()", new TypeError("fetch failed", { cause: refused })],
  ["the SDK", refused],
])("the reason why a server is not reached is told, as %s knows it", (_who, thrown) => {
  expect(toDdbrError(thrown, "Scan", "local/orders")).toMatchObject({
    code: "connection",
    message: "cannot reach the server: connect ECONNREFUSED 127.0.0.1:9",
  });
});
