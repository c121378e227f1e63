import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { driftingOrders } from "../helpers/orders.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { buildImage, Container, type Image } from "./image.ts";

const NOBODY = 65532;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "us-east-1" };

const orders = driftingOrders(200, 40);
let image: Image;
let files: string[];
let container: Container;
let primary: TestTable;
let replica: TestTable;

beforeAll(async () => {
  [image, primary, replica] = await Promise.all([buildImage(), createTable(), createTable()]);
  files = filesIn(image.root);
  container = new Container(image);
  await Promise.all([primary.load(orders.primary()), replica.load(orders.replica())]);
}, 120_000);

afterAll(async () => {
  container?.remove();
  image?.remove();
  await Promise.all([primary?.drop(), replica?.drop()]);
});

function filesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (path) => !statSync(join(root, path)).isDirectory(),
  );
}

/** By a name that has to be looked up, as a container does. */
const inside = ({ location }: TestTable) => location.replace("127.0.0.1", "localhost");

test("the image holds the program and the C library, nothing else", () => {
  const others = files.filter((file) => !/^lib(64)?\/.*\b(ld-linux|libc|libm|libdl|libpthread)\b/.test(file));
  expect(others).toEqual(["ddbr"]);
  expect(statSync(join(image.root, "tmp")).mode & 0o7777).toBe(0o1777);
});

test("it runs as nobody, by number", () => {
  expect(image.user).toBe(`${NOBODY}:${NOBODY}`);
});

test("it starts", async () => {
  const { code, stdout, stderr } = await container.run(["--version"]);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("it compares tables, and writes to the volume as nobody", async () => {
  const words = ["diff-tables", inside(primary), inside(replica), "--settle", "0"];
  const { code, stdout, stderr } = await container.run([...words, "--report", "/tmp/drift"], CREDENTIALS);
  expect({ code, stderr }, stdout).toEqual({ code: 1, stderr: "" });
  const found = stdout.matchAll(/\[(missing|different|extraneous)\] \{"id":"([^"]+)"\}\n/g);
  expect([...found].map(([, kind, id]) => `${kind} ${id}`).sort()).toEqual(
    orders.drift.map(({ kind, id }) => `${kind} ${id}`).sort(),
  );
  const report = join(container.volume, "drift");
  expect(readFileSync(report, "utf8").trimEnd().split("\n")).toHaveLength(orders.drift.length);
  expect(statSync(report).uid).toBe(NOBODY);
});

test("nothing outside the volume can be written to", async () => {
  const words = ["diff-tables", inside(primary), inside(replica), "--report", "/drift"];
  const { code, stdout, stderr } = await container.run(words, CREDENTIALS);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^ddbr: \/drift: [^\n]*read-only[^\n]*\n$/i);
  expect(filesIn(image.root)).not.toContain("drift");
});

test("what waits on a disk, and what runs in a thread, works in it: a drill in memory", async () => {
  const dump = ["backup-table", inside(primary), "/tmp/dumps", "--jobid", "j", "--segments", "2"];
  expect(await container.run(dump, CREDENTIALS)).toMatchObject({ code: 0, stderr: "" });
  const { code, stdout, stderr } = await container.run(["drill", "/tmp/dumps/j", "--local"]);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
  const left = readdirSync(container.volume).sort();
  expect(left, "nothing is left in TMPDIR").toEqual(["drift", "dumps"]);
}, 60_000);
