import { expect, test } from "bun:test";
import { forOtherMachines } from "../../src/core/job/for-other-machines.ts";

test("what is left for other machines holds roles, and no names of profiles", () => {
  const role = { roleArn: "arn:aws:iam::111111111111:role/reader", externalId: "x" };
  const wanted = {
    command: "diff-tables",
    segments: 3,
    identity: { ignore: ["profile"], profile: "an attribute" },
    settings: {
      request: {
        primaryAccess: { profile: "prod", ...role },
        replicaAccess: { profile: "backup" },
        tableOptions: { access: { profile: "prod" }, consistent: true },
        storeOptions: { access: {}, patienceMs: 1 },
        ignore: ["profile"],
        cost: { budget: undefined, prices: { read: 1, write: 2 } },
      },
      primary: { schema: [{ name: "profile", type: "S" }], items: 3 },
    },
  };
  expect(forOtherMachines(wanted)).toEqual({
    ...wanted,
    settings: {
      request: {
        primaryAccess: role,
        replicaAccess: {},
        tableOptions: { access: {}, consistent: true },
        storeOptions: { access: {}, patienceMs: 1 },
        ignore: ["profile"],
        cost: { budget: undefined, prices: { read: 1, write: 2 } },
      },
      primary: { schema: [{ name: "profile", type: "S" }], items: 3 },
    },
  });
});
