import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { createBackup } from "../../src/lambda/backup.ts";
import { createReplicate } from "../../src/lambda/replicate.ts";
import { createSnapshot } from "../../src/lambda/snapshot.ts";
import { runDdbr } from "../helpers/cli.ts";
import { KINDS, readTemplate, resolveTemplate, variablesOf } from "./resolve-template.ts";
import { PARAMETERS } from "./template-parameters.ts";

test.each([...KINDS])("the template of a %s is what the program prints and deploys", async (kind) => {
  const { stdout, code } = await runDdbr(["lambda", "template", kind]);
  expect({ stdout, code }).toEqual({ stdout: await readTemplate(kind), code: 0 });
});

const CREATE = { replicator: createReplicate, backup: createBackup, snapshot: createSnapshot };

test.each([...KINDS])("the function of a %s takes the variables that the template gives it", async (kind) => {
  const variables = variablesOf(await resolveTemplate(kind, PARAMETERS[kind]));
  expect(CREATE[kind](variables)).toBeFunction();
  // Each is one that the function looks at: with nonsense in it, it refuses or sees the difference.
  const asked = new Set<string>();
  const watched = new Proxy(variables, {
    get(target, name: string) {
      asked.add(name);
      return target[name];
    },
  });
  CREATE[kind](watched);
  expect(Object.keys(variables).filter((name) => !asked.has(name))).toEqual([]);
});

test("the program carries the bundle, whose handlers are those of the templates", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ddbr-bundle-"));
  try {
    const path = join(folder, "lambda.zip");
    const { code } = await runDdbr(["lambda", "template", "backup", "--bundle", path]);
    expect(code).toBe(0);
    const bundle = await Bun.file(path).bytes();
    expect(Object.keys(unzipSync(bundle))).toContain("index.mjs");
    for (const kind of KINDS) {
      const { Handler } = (await resolveTemplate(kind, PARAMETERS[kind])).Function!.Properties;
      const [file, name] = String(Handler).split(".");
      expect(file).toBe("index");
      expect(await Bun.file("src/lambda/index.ts").text()).toContain(`export const ${name}: Handler`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
