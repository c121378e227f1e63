import { expect, test } from "bun:test";
import { gathered } from "../../src/core/gathered.ts";

const NUMBERS = Array.from({ length: 200 }, (_, number) => number);

/** Work that takes a moment, and who does it. */
function work(doing: (number: number) => void = () => {}) {
  const told = { begun: 0, underWay: 0, most: 0 };
  return {
    told,
    async run(number: number): Promise<number | undefined> {
      told.begun++;
      told.most = Math.max(told.most, ++told.underWay);
      await Bun.sleep(number % 3);
      told.underWay--;
      doing(number);
      return number % 5 === 0 ? undefined : number * 2;
    },
  };
}

test("gives every result once, so many at a time", async () => {
  const { told, run } = work();
  const results: number[] = [];
  for await (const page of gathered(NUMBERS, 8, run)) {
    expect(page.length).toBeWithin(1, 17);
    results.push(...page);
  }
  const expected = NUMBERS.filter((number) => number % 5 !== 0).map((number) => number * 2);
  expect(results.sort((a, b) => a - b)).toEqual(expected);
  expect(told).toMatchObject({ begun: 200, underWay: 0, most: 8 });
});

test("of nothing it makes nothing", async () => {
  for await (const _ of gathered([], 8, work().run)) throw new Error("there is a page");
});

test("does not go on while nobody takes what there is", async () => {
  const { told, run } = work();
  const pages = gathered(NUMBERS, 8, run);
  await pages.next();
  await Bun.sleep(60);
  expect(told.begun).toBeWithin(8, 33);
  let rest = 0;
  for await (const page of pages) rest += page.length;
  expect(rest).toBeGreaterThan(100);
});

test("fails with the first failure, when what is under way has ended", async () => {
  const { told, run } = work((number) => {
    if (number === 50) throw new Error("no fifty");
  });
  const read = (async () => {
    for await (const _ of gathered(NUMBERS, 8, run));
  })();
  expect(await read.catch((error) => String(error))).toBe("Error: no fifty");
  expect(told.underWay).toBe(0);
  expect(told.begun).toBeLessThan(100);
});

test("stops when the reader leaves", async () => {
  const { told, run } = work();
  for await (const _ of gathered(NUMBERS, 8, run)) break;
  expect(told.underWay).toBe(0);
  const { begun } = told;
  expect(begun).toBeLessThan(50);
  await Bun.sleep(20);
  expect(told.begun).toBe(begun);
});

test("a list that fails is a failure", async () => {
  async function* failing() {
    yield* NUMBERS.slice(0, 20);
    throw new Error("no more");
  }
  const read = (async () => {
    for await (const _ of gathered(failing(), 8, work().run));
  })();
  expect(await read.catch((error) => String(error))).toBe("Error: no more");
});
