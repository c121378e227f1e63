import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectWhole } from "../backup/dump.ts";
import { type RawSegment, rawSegments } from "../backup/raw-table.ts";
import { type CliResult, runDdbr } from "../helpers/cli.ts";
import { driftingOrders, driftLines } from "../helpers/orders.ts";
import { withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { parseDockerfile, textsOf } from "./dockerfile.ts";
import { batchExample, type Example, kubernetesExample, read, readKubernetesJob } from "./examples.ts";

/** As many jobs as are run of each example's: what they do does not depend on it. */
const FEW = 4;

const orders = driftingOrders(400, 50);
let primary: TestTable;
let replica: TestTable;
let segments: RawSegment[];

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await Promise.all([primary.load(orders.primary()), replica.load(orders.replica())]);
  segments = await rawSegments(primary.name, FEW);
});
afterAll(() => Promise.all([primary.drop(), replica.drop()]));

/** Starts all jobs of an example at once, with our tables and places for those that it names. */
function runAll(
  example: Example,
  ours: Record<string, string>,
  more: string[],
  env = {},
): Promise<CliResult[]> {
  const args = example.args.map((word) => ours[word] ?? (word === String(example.size) ? String(FEW) : word));
  for (const word of Object.keys(ours)) expect(example.args).toContain(word);
  const jobs = Array.from({ length: FEW }, (_, index) => example.environment(index, FEW));
  return Promise.all(jobs.map((told) => runDdbr([...args, ...more], { env: { ...env, ...told } })));
}

describe.each([
  batchExample("deploy/batch/diff-tables.json"),
  kubernetesExample("deploy/kubernetes/diff-tables.yaml"),
])("$file", (example) => {
  test("its jobs find each discrepancy once, all together", async () => {
    const ours = { "us-east-1/orders": primary.location, "eu-west-1/orders": replica.location };
    const results = await runAll(example, ours, ["--settle", "0"]);
    const found = results.flatMap(({ code, stdout, stderr }, index) => {
      expect(stderr).toMatch(new RegExp(`^ddbr diff-tables: segment ${index} of ${FEW} [^\\n]+\\n$`));
      const lines = [...stdout.matchAll(/\[(missing|different|extraneous)\] \{"id":"([^"]+)"\}\n/g)];
      expect(code).toBe(lines.length > 0 ? 1 : 0);
      return lines.map(([, kind, id]) => `${kind} ${id}`);
    });
    expect(found.sort()).toEqual(driftLines(orders.drift));
  });
});

describe.each([
  batchExample("deploy/batch/backup-table.json"),
  kubernetesExample("deploy/kubernetes/backup-table.yaml"),
])("$file", (example) => {
  test("its jobs write one whole backup, and a job that is tried again leaves it so", () =>
    withPlace("s3", async (place) => {
      const job = example.args[example.args.indexOf("--jobid") + 1]!;
      const ours = { "us-east-1/orders": primary.location, "s3://backups/dumps": place.url };
      for (let time = 0; time < 2; time++) {
        for (const { code, stdout, stderr } of await runAll(example, ours, place.options(), place.env)) {
          expect(code, stdout + stderr).toBe(0);
        }
        await expectWhole(place, job, segments);
      }
    }));
});

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
