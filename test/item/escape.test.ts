import { describe, expect, test } from "bun:test";
import { describeError } from "../../src/core/errors.ts";
import { escapeForTerminal } from "../../src/core/escape.ts";
import { humanJson, humanValue, safeJson } from "../../src/core/item/human.ts";
import { INVISIBLE, UNSAFE } from "./unsafe-text.ts";

function* everyCodePoint(): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code++) yield String.fromCodePoint(code);
}

const hex = (character: string) => character.codePointAt(0)!.toString(16).padStart(4, "0");

describe("of every character there is", () => {
  test("none that a terminal would obey comes through", () => {
    const through: string[] = [];
    for (const character of everyCodePoint()) {
      if (UNSAFE.test(escapeForTerminal(`ad${character}min`))) through.push(hex(character));
    }
    expect(through).toEqual([]);
  });

  test("none comes through that is not seen", () => {
    const through: string[] = [];
    for (const character of everyCodePoint()) {
      if (INVISIBLE.test(character) && escapeForTerminal(`ad${character}min`).includes(character)) {
        through.push(hex(character));
      }
    }
    expect(through).toEqual([]);
  });

  test("letters, digits, signs, marks and emoji come through as they are", () => {
    const changed: string[] = [];
    const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
    for (const character of everyCodePoint()) {
      if (!visible.test(character) || INVISIBLE.test(character)) continue;
      if (escapeForTerminal(character) !== character) changed.push(hex(character));
    }
    expect(changed).toEqual([]);
  });

  test("each comes back when the JSON is read", () => {
    const lost: string[] = [];
    for (const character of everyCodePoint()) {
      const text = `a${character}z`;
      if (JSON.parse(safeJson(text)) !== text) lost.push(hex(character));
    }
    expect(lost).toEqual([]);
  });
});

describe("escape sequences", () => {
  test.each([
    ["clear the screen", "\u001b[2J\u001b[H", "\\u001b[2J\\u001b[H"],
    ["set the title", "\u001b]0;owned\u0007", "\\u001b]0;owned\\u0007"],
    ["C1 introducer", "\u009b31m", "\\u009b31m"],
    ["a new line", "a\nb\r\nc", "a\\u000ab\\u000d\\u000ac"],
    ["back space", "abc\b\b\bxyz", "abc\\u0008\\u0008\\u0008xyz"],
    ["delete", "a\u007f", "a\\u007f"],
    ["text turned round", "user\u202egnp.exe", "user\\u202egnp.exe"],
    ["isolates", "a\u2066b\u2069", "a\\u2066b\\u2069"],
    ["zero width", "ad\u200bmin\ufeff", "ad\\u200bmin\\ufeff"],
    ["half a pair", "a\ud83dz", "a\\ud83dz"],
    ["the other half", "a\ude00z", "a\\ude00z"],
    ["halves the wrong way round", "\ude00\ud83d", "\\ude00\\ud83d"],
    ["a whole pair and half of one", "😀\ud83d", "😀\\ud83d"],
  ])("%s", (_, text, escaped) => {
    expect(escapeForTerminal(text)).toBe(escaped);
  });

  test("escaping twice changes nothing more", () => {
    const once = escapeForTerminal("\u001b[2J\u202e\ud83d");
    expect(escapeForTerminal(once)).toBe(once);
  });

  test("reach neither keys, values, names nor errors", () => {
    const evil = "\u001b[31m\u009b2J\u007f\u202e\u200b\ud83d\n";
    const texts = [
      humanJson({ [evil]: { S: evil }, m: { M: { [evil]: { L: [{ SS: [evil] }] } } } }),
      humanValue({ S: evil }),
      safeJson({ [evil]: [evil] }),
      describeError(new Error(evil)),
      describeError(evil),
    ];
    for (const text of texts) expect(text).not.toMatch(UNSAFE);
  });
});
