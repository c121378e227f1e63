import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { type CliResult, runDdbr } from "../helpers/cli.ts";
import { driftingOrders, driftLines } from "../helpers/orders.ts";
import { type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { parseDockerfile, textsOf } from "./dockerfile.ts";
import { batchExample, type Example, kubernetesExample, read, readKubernetesJob } from "./examples.ts";

/** Fewer than in the examples: what they do does not depend on it. */
const SEGMENTS = 6;
const WORKERS = 3;

const orders = driftingOrders(400, 50);
let primary: TestTable;
let replica: TestTable;

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await Promise.all([primary.load(orders.primary()), replica.load(orders.replica())]);
});
afterAll(() => Promise.all([primary.drop(), replica.drop()]));

/** The words of an example, with our tables and places for those that it names. */
function withOurs(example: Example, state: string, ours: Record<string, string>): string[] {
  const valueAfter = (option: string) => example.args.indexOf(option) + 1;
  const args = example.args.map((word) => ours[word] ?? word);
  return args.with(valueAfter("--state"), state).with(valueAfter("--segments"), `${SEGMENTS}`);
}

/** Starts all jobs of an example at once. */
function runAll(example: Example, args: string[], env = {}): Promise<CliResult[]> {
  const jobs = Array.from({ length: example.shares ? WORKERS : SEGMENTS }, (_, index) =>
    example.environment(index, WORKERS),
  );
  return Promise.all(jobs.map((told) => runDdbr(args, { env: { ...env, ...told } })));
}

const withState = (body: (state: TestPlace) => Promise<void>) => withPlace("s3", body, { versioned: false });

describe.each([
  batchExample("deploy/batch/diff-tables.json"),
  kubernetesExample("deploy/kubernetes/diff-tables.yaml"),
])("$file", (example) => {
  test("its jobs find each discrepancy once, all together", () =>
    withState(async (state) => {
      const ours = { "us-east-1/orders": primary.location, "eu-west-1/orders": replica.location };
      const args = [...withOurs(example, state.url, ours), ...state.options(), "--settle", "0"];
      for (const { code, stdout, stderr } of await runAll(example, args, state.env)) {
        expect(code, stdout + stderr).toBe(0);
      }
      const { code, stdout } = await runDdbr(["collect", state.url, ...state.options()], { env: state.env });
      expect(code).toBe(1);
      const lines = [...stdout.matchAll(/\[(missing|different|extraneous)\] \{"id":"([^"]+)"\}\n/g)];
      expect(lines.map(([, kind, id]) => `${kind} ${id}`).sort()).toEqual(driftLines(orders.drift));
    }));
});

describe.each([
  batchExample("deploy/batch/backup-table.json"),
  kubernetesExample("deploy/kubernetes/backup-table.yaml"),
])("$file", (example) => {
  test("its jobs write one whole backup, and a job that is tried again leaves it so", () =>
    withState(async (place) => {
      const job = example.args[example.args.indexOf("--jobid") + 1]!;
      const ours = { "us-east-1/orders": primary.location, "s3://backups/dumps": `${place.url}/dumps` };
      const args = [...withOurs(example, `${place.url}/state`, ours), ...place.options()];
      for (let time = 0; time < 2; time++) {
        for (const { code, stdout, stderr } of await runAll(example, args, place.env)) {
          expect(code, stdout + stderr).toBe(0);
        }
        const words = ["collect", `${place.url}/state`, ...place.options()];
        expect((await runDdbr(words, { env: place.env })).code).toBe(0);
        const held = await itemsOf(place, `dumps/${job}`);
        expect(held.map(({ id }) => id!.S).sort()).toEqual(
          [...orders.primary()].map(({ id }) => id!.S!).sort(),
        );
      }
    }));
});

/** What the files of a backup hold that its manifest names. */
async function itemsOf(place: TestPlace, folder: string): Promise<Record<string, { S?: string }>[]> {
  const manifest = JSON.parse((await place.get(`${folder}/manifest.json`))!.toString());
  const files: { name: string }[] = manifest.files;
  const texts = await Promise.all(
    files.map(async ({ name }) => gunzipSync((await place.get(`${folder}/${name}`))!).toString()),
  );
  return texts
    .join("")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

describe("the image is run as it is meant to be", () => {
  const image = parseDockerfile(read("deploy/Dockerfile")).at(-1)!;
  const user = textsOf(image, "USER").join();
  const volumes: string[] = JSON.parse(textsOf(image, "VOLUME").join());

  test("on AWS Batch: as nobody, its root read-only, with its volume", () => {
    const stack = read("deploy/batch.yaml");
    expect(stack).toContain(`User: "${user}"\n`);
    expect(stack).toContain("ReadonlyRootFilesystem: true\n");
    expect([...stack.matchAll(/ContainerPath: (.*)\n/g)].map(([, path]) => path!)).toEqual(volumes);
  });

  test.each(["deploy/kubernetes/diff-tables.yaml", "deploy/kubernetes/backup-table.yaml"])(
    "by %s: so too, and in a pod for each segment",
    (file) => {
      const { spec } = readKubernetesJob(file);
      const [container, ...more] = spec.template.spec.containers;
      expect(more).toEqual([]);
      const id = Number(user.split(":")[0]);
      const nobody = { runAsNonRoot: true, runAsUser: id, fsGroup: id };
      expect(spec.template.spec.securityContext).toMatchObject(nobody);
      const { args, securityContext, volumeMounts } = container!;
      expect(securityContext.readOnlyRootFilesystem).toBe(true);
      expect(volumeMounts.map(({ mountPath }) => mountPath)).toEqual(volumes);
      expect(spec.completionMode).toBe("Indexed");
      expect(args[args.indexOf("--segments") + 1]).toBe(String(spec.completions));
    },
  );
});
