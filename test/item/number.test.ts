import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canonicalNumber, compareNumbers, numberProblem, plainNumber } from "../../src/core/item/number.ts";
import { compareDecimals, equalDecimals } from "./decimal.ts";
import { numberText, spell, spelling, unspelled } from "./number-texts.ts";

const RUNS = { numRuns: 2_000 };

describe("canonicalNumber", () => {
  test("every spelling of a number gives the same text", () => {
    fc.assert(
      fc.property(unspelled, spelling, spelling, (number, one, another) => {
        const texts = [spell(number, one), spell(number, another)] as const;
        expect(equalDecimals(...texts)).toBe(true);
        expect(canonicalNumber(texts[0])).toBe(canonicalNumber(texts[1]));
      }),
      RUNS,
    );
  });

  test("two numbers give the same text exactly when they are equal", () => {
    fc.assert(
      fc.property(numberText, numberText, (a, b) => {
        expect(canonicalNumber(a) === canonicalNumber(b)).toBe(equalDecimals(a, b));
      }),
      RUNS,
    );
  });

  test("numbers that differ in one digit, in sign or in magnitude differ", () => {
    fc.assert(
      fc.property(unspelled, spelling, spelling, fc.nat(), (number, one, another, at) => {
        const text = spell(number, one);
        const place = at % number.digits.length;
        const digit = (Number(number.digits[place]) + 1) % 10;
        const digits = number.digits.slice(0, place) + digit + number.digits.slice(place + 1);
        const others = [
          { ...number, digits },
          { ...number, negative: !number.negative },
          { ...number, exponent: number.exponent + 1 },
        ];
        for (const other of others.map((changed) => spell(changed, another))) {
          expect(canonicalNumber(text) === canonicalNumber(other)).toBe(equalDecimals(text, other));
        }
      }),
      RUNS,
    );
  });

  test("the text is worth what it was made of, and is its own canonical form", () => {
    fc.assert(
      fc.property(numberText, (text) => {
        const canonical = canonicalNumber(text);
        expect(equalDecimals(canonical, text)).toBe(true);
        expect(canonicalNumber(canonical)).toBe(canonical);
      }),
      RUNS,
    );
  });

  test.each([
    ["9007199254740993", "9007199254740992"],
    ["12345678901234567890123456789012345678", "12345678901234567890123456789012345679"],
    ["0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345679"],
    ["1e125", "1e124"],
    ["1e-130", "-1e-130"],
    ["1e-130", "0"],
    ["100", "10"],
    ["1", "-1"],
    ["0.1", "1"],
    ["101", "11"],
    ["1e2", "12"],
    ["15e2", "15e-2"],
  ])("%s is not %s", (a, b) => {
    expect(canonicalNumber(a)).not.toBe(canonicalNumber(b));
  });

  const ONE_NUMBER_EACH: string[][] = [
    ["1", "1.0", "1.", "01", "+1", "1E0", "1e-0", "10E-1", "0.1e1", "0.00001E+5", "100000000000e-11"],
    ["0", "-0", "+0", "0.0", ".0", "0.", "000", "0E10", "0e-130", "-0.00e+99"],
    ["1500", "15e2", "1.5E3", "+0001500.000", "150000e-2"],
    ["-0.5", "-.5", "-5e-1", "-00.50"],
    ["1e125", `1${"0".repeat(125)}`],
    ["1e-130", `0.${"0".repeat(129)}1`],
  ];

  test.each(ONE_NUMBER_EACH.map((texts) => [texts]))("all of these are one: %j", (texts) => {
    expect(new Set(texts.map(canonicalNumber)).size).toBe(1);
  });

  test("zero has no sign", () => {
    expect(canonicalNumber("-0.000")).toBe("0");
  });
});

describe("plainNumber", () => {
  test("is worth the same", () => {
    fc.assert(
      fc.property(numberText, (text) => {
        expect(equalDecimals(plainNumber(text), text)).toBe(true);
        expect(canonicalNumber(plainNumber(text))).toBe(canonicalNumber(text));
      }),
      RUNS,
    );
  });

  test("is one text for all spellings, and is taken by DynamoDB", () => {
    fc.assert(
      fc.property(unspelled, spelling, spelling, (number, one, another) => {
        const plain = plainNumber(spell(number, one));
        expect(plain).toBe(plainNumber(spell(number, another)));
        expect(numberProblem(plain)).toBe(numberProblem(spell(number, one)));
      }),
      RUNS,
    );
  });

  test.each([
    ["15e2", "1500"],
    ["15e-2", "0.15"],
    ["1.50", "1.5"],
    ["-1.5e1", "-15"],
    ["12345e-2", "123.45"],
    ["1e-3", "0.001"],
    ["100", "100"],
    ["-0", "0"],
    ["0.0", "0"],
    ["+7", "7"],
    ["9007199254740993", "9007199254740993"],
    ["12345678901234567890123456789012345678e2", "1234567890123456789012345678901234567800"],
  ])("%s is written %s", (text, plain) => {
    expect(plainNumber(text)).toBe(plain);
  });
});

describe("numberProblem", () => {
  const NINES = "9".repeat(38);

  test.each([
    ...["0", "-0", "1", "-1", "1.5", "+5", ".5", "5.", "1e125", "1E-130", "1.5E-130", "0e999"],
    ...[NINES, `-${NINES}`, `${NINES}e88`, `-${NINES}E88`, `${NINES}000`, `000${NINES}.000`, `0.000${NINES}`],
  ])("DynamoDB takes %s", (text) => {
    expect(numberProblem(text)).toBeUndefined();
  });

  test.each([
    ...[
      "",
      " ",
      "-",
      "+",
      ".",
      "-.",
      "e5",
      ".e5",
      "1e",
      "1e+",
      "1e1.5",
      "abc",
      "NaN",
      "Infinity",
      "-Infinity",
    ],
    ...[
      "0x10",
      "1_000",
      "1,5",
      "1 000",
      " 1",
      "1 ",
      "1\n",
      "\n1",
      "--1",
      "+-1",
      "1-",
      "1.2.3",
      "1e5e5",
      "１",
      "١",
    ],
    ...["1n", "null", "1\u0000", "∞", "½"],
  ])("%j is not a number", (text) => {
    expect(numberProblem(text)).toMatch(/not a number/);
  });

  test.each([`${NINES}9`, `1${"0".repeat(37)}1`, `0.1${"0".repeat(37)}1`, `-${NINES}.1`])(
    "%s has too many digits",
    (text) => {
      expect(numberProblem(text)).toMatch(/38 significant digits/);
    },
  );

  test.each(["1e126", "-1e126", "10e125", `${NINES}e89`, "1e-131", "-1e-131", "0.1e-130", "1e999999999999"])(
    "%s is out of range",
    (text) => {
      expect(numberProblem(text)).toMatch(/out of range/);
    },
  );
});

describe("compareNumbers", () => {
  test("puts any two numbers, however they are spelled, into their order", () => {
    fc.assert(
      fc.property(numberText, numberText, (a, b) => {
        expect(Math.sign(compareNumbers(a, b))).toBe(compareDecimals(a, b));
      }),
      RUNS,
    );
  });

  test("neighbours of 38 digits too", () => {
    const digits = "9".repeat(37);
    expect(compareNumbers(`${digits}8`, `${digits}9`)).toBeLessThan(0);
    expect(compareNumbers(`-${digits}8`, `-${digits}9`)).toBeGreaterThan(0);
    expect(compareNumbers("-1e-1", "-0.1")).toBe(0);
  });
});
