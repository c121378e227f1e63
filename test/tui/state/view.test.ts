import { expect, test } from "bun:test";
import { commandOf } from "../../../src/tui/state/key-commands.ts";
import {
  INITIAL_VIEW,
  listTop,
  reduceView,
  type View,
  type ViewAction,
  type ViewContext,
} from "../../../src/tui/state/view.ts";

/** 100 rows, every tenth of them missing, the others different; ten on the screen. */
function context(rows = 100): ViewContext {
  const missing = Math.ceil(rows / 10);
  return {
    count: (filter) => ({ all: rows, missing, different: rows - missing, extraneous: 0 })[filter],
    rowAt: (filter, position) => (filter === "missing" ? position * 10 : position),
    positionOf: (filter, row) => (filter === "missing" ? Math.ceil(row / 10) : row),
    listRows: 10,
    detailLines: 50,
    detailRows: 20,
    changeAfter: (line) => [7, 40].find((change) => change > line),
  };
}

function press(view: View, keys: string[], at = context()): View {
  return keys.reduce((before, key) => {
    const command = commandOf(key, before);
    switch (command?.type) {
      case undefined:
      case "quit":
      case "pause":
      case "repair":
      case "interrupt":
        return before;
      default:
        return reduceView(before, command as ViewAction, at);
    }
  }, view);
}

test("moves stay on the list", () => {
  expect(press(INITIAL_VIEW, ["up"]).position).toBe(0);
  expect(press(INITIAL_VIEW, ["down", "j", "k", "pagedown"]).position).toBe(10);
  expect(press(INITIAL_VIEW, ["end"])).toMatchObject({ position: 99, top: 90 });
  expect(press(INITIAL_VIEW, ["G", "down", "pagedown"])).toMatchObject({ position: 99, top: 90 });
  expect(press(INITIAL_VIEW, ["G", "pageup", "g"])).toMatchObject({ position: 0, top: 0 });
});

test("an empty list has nothing to select or open", () => {
  for (const key of ["down", "end", "pagedown", "enter", "f"]) {
    expect(press(INITIAL_VIEW, [key], context(0))).toMatchObject({ screen: "list", position: 0, top: 0 });
  }
});

test("new rows don't make the selected one jump", () => {
  const view = press(INITIAL_VIEW, ["pagedown", "up", "up"]);
  expect(listTop(view, 100, 10)).toBe(listTop(view, 5000, 10));
});

test("the selected row stays on the screen when the screen shrinks", () => {
  const view = press(INITIAL_VIEW, ["down", "down", "down", "down", "down", "down", "down"]);
  const top = listTop(view, 100, 4);
  expect(view.position).toBeGreaterThanOrEqual(top);
  expect(view.position).toBeLessThan(top + 4);
});

test("a filter keeps the record selected, or the one that follows", () => {
  const view = press(INITIAL_VIEW, [...Array(20).fill("down"), "f"]);
  expect(view).toMatchObject({ filter: "missing", position: 2 });
  expect(press(INITIAL_VIEW, [...Array(21).fill("down"), "f"])).toMatchObject({
    filter: "missing",
    position: 3,
  });
  expect(press(view, ["f", "f", "f"])).toMatchObject({ filter: "all" });
});

test("an opened record scrolls, and changes to its neighbours", () => {
  const opened = press(INITIAL_VIEW, ["down", "enter"]);
  expect(opened).toMatchObject({ screen: "detail", position: 1, detailTop: 0 });
  expect(press(opened, ["end"]).detailTop).toBe(30);
  expect(press(opened, ["pagedown", "up"]).detailTop).toBe(18);
  expect(press(opened, ["n"]).detailTop).toBe(7);
  expect(press(opened, ["n", "n"]).detailTop).toBe(30);
  expect(press(opened, ["end", "right"])).toMatchObject({ position: 2, detailTop: 0 });
  expect(press(opened, ["left", "left", "left"]).position).toBe(0);
  for (const key of ["escape", "q", "enter"]) expect(press(opened, [key]).screen).toBe("list");
});

test("help lies over everything, and any key but Ctrl-C takes it away", () => {
  const help = press(press(INITIAL_VIEW, ["enter"]), ["?"]);
  expect(help).toMatchObject({ screen: "detail", help: true });
  for (const key of ["q", "x", "escape", "p"])
    expect(press(help, [key])).toMatchObject({ screen: "detail", help: false });
  expect(commandOf("ctrl-c", help)).toEqual({ type: "interrupt" });
});

test("only y says yes", () => {
  const asked = press(INITIAL_VIEW, ["r"]);
  expect(asked.screen).toBe("confirm");
  for (const key of ["y", "Y"]) expect(commandOf(key, asked)).toEqual({ type: "repair" });
  for (const key of ["enter", "n", "N", "escape", "q", " ", "r"])
    expect(press(asked, [key]).screen).toBe("list");
});
