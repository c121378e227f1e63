import { expect, test } from "bun:test";
import fc from "fast-check";
import stringWidth from "string-width";
import { changedParts } from "../../../src/tui/format/changed-part.ts";
import { fold } from "../../../src/tui/format/folded-text.ts";
import { fitLine, lineWidth, span, spread } from "../../../src/tui/format/spans.ts";
import { tableText } from "../../../src/tui/format/table-text.ts";
import { cut, fit } from "../../../src/tui/format/text.ts";
import { wrapWords } from "../../../src/tui/format/wrap-words.ts";
import { chooseGlyphs } from "../../../src/tui/terminal/glyphs.ts";
import { NASTY_TEXTS } from "../fixtures/records.ts";

const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 60 }).map((text) => tableText(text, chooseGlyphs({}))),
  fc.constantFrom(
    "漢字かな".repeat(9),
    "👩‍👩‍👧‍👦🇩🇪👍🏽☃️",
    "e\u0301".repeat(20),
    "مرحبا بالعالم",
    "한국어abc",
  ),
);

test("a fitted text takes exactly its columns, whatever is in it", () => {
  fc.assert(
    fc.property(
      texts,
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom("left", "right"),
      (text, width, side) => {
        expect(stringWidth(fit(text, width, "…", side as "left" | "right"))).toBe(width);
      },
    ),
  );
});

test("a folded text is whole, and no line is wider than asked for", () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 2, max: 40 }), (text, width) => {
      const folded = fold(text, width);
      const lines = Array.from({ length: folded.lines }, (_, line) => text.slice(...folded.line(line)));
      expect(lines.join("")).toBe(text);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }),
  );
});

test("clusters that fit on a line are folded nowhere but between them", () => {
  const pieces = [
    ..."a é漢한か👍🏽☃שк",
    "\u0301",
    "\u200d",
    "👩",
    "🇩",
    "🇪",
    "\u0600",
    "\u1100",
    "\u1161",
    "\ufe0f",
    "\u094d",
    "\u3099",
  ];
  const mixed = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(mixed, (text) => {
      const clusters = [...new Intl.Segmenter().segment(text)];
      const folded = fold(text, 4);
      for (let line = 0; line < folded.lines; line++) {
        const [start] = folded.line(line);
        const cut = clusters.find(({ index, segment }) => index < start && start < index + segment.length);
        expect(stringWidth(cut?.segment ?? "wider")).toBeGreaterThan(4);
      }
    }),
  );
});

test("half a megabyte folds at once, and a cluster without end on many lines", () => {
  for (const text of ["x".repeat(400_000), "漢".repeat(200_000), "👨‍".repeat(80_000)]) {
    expect(fold(text, 40).lines).toBeGreaterThan(1000);
  }
});

test("changed parts are what differs, in whole clusters", () => {
  const part = (a: string, b: string) =>
    changedParts(a, b).map((range, side) => [a, b][side]!.slice(...range));
  expect(part("abcXdef", "abcYdef")).toEqual(["X", "Y"]);
  expect(part("same", "same")).toEqual(["", ""]);
  expect(part("aaa", "aaaa")).toEqual(["", "a"]);
  expect(part("", "new")).toEqual(["", "new"]);
  expect(part("x👩‍👧y", "x👩‍👦y")).toEqual(["👩‍👧", "👩‍👦"]);
  expect(part("Zoe\u0301", "Zoe")).toEqual(["e\u0301", ""]);
});

test("marks are not heaped up", () => {
  const shown = tableText(`z${"\u0301".repeat(300)}`, chooseGlyphs({}));
  expect(shown.startsWith("z\u0301\u0301\u0301\u0301\\u0301\\u0301")).toBe(true);
});

test("a terminal without Unicode gets ASCII, still JSON", () => {
  const ascii = chooseGlyphs({ LANG: "C" });
  for (const text of NASTY_TEXTS) {
    expect(ascii.show(text)).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(`"${ascii.show(text)}"`)).toBe(text);
  }
});

test.each([
  [{ LANG: "de_DE.UTF-8" }, true],
  [{ LANG: "C.utf8", TERM: "xterm" }, true],
  [{}, true],
  [{ LANG: "C" }, false],
  [{ LC_ALL: "POSIX", LANG: "en_US.UTF-8" }, false],
  [{ LC_CTYPE: "en_US.ISO-8859-1", LANG: "en_US.UTF-8" }, false],
  [{ LANG: "en_US.UTF-8", TERM: "linux" }, false],
  [{ LANG: "en_US.UTF-8", TERM: "dumb" }, false],
  [{ TMUX: "/tmp/tmux" }, false],
  [{ TERM: "screen-256color" }, false],
] as const)("%j: Unicode %p", (env, unicode) => {
  expect(chooseGlyphs(env).ellipsis === "…").toBe(unicode);
});

test("cutting leaves surrogate pairs whole", () => {
  expect(cut("ab😀c", 3)).toBe("ab");
  expect(cut("ab😀c", 4)).toBe("ab😀");
  expect(cut("abc", 5)).toBe("abc");
});

test("a line is cut where the screen ends, and its right side stays", () => {
  expect(fitLine([span("abc"), span("defgh")], 6, "…").map(({ text }) => text)).toEqual(["abc", "de…"]);
  const line = spread([span("a long left side")], [span("right")], 14, "…");
  expect(line.map(({ text }) => text).join("")).toBe("a long…  right");
  expect(lineWidth(spread([span("l")], [span("r")], 10, "…"))).toBe(10);
});

test("prose breaks between words, and inside those too long", () => {
  expect(wrapWords("write what is missing", 10)).toEqual(["write what", "is missing"]);
  expect(wrapWords("a veryverylong b", 6)).toEqual(["a", "veryve", "rylong", "b"]);
  expect(wrapWords("", 6)).toEqual([""]);
});
