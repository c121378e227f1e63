/**
 * What must not reach a terminal as it is: control characters (C0, DEL, C1), line and paragraph separators,
 * marks that turn the direction of text or have no width, and halves of surrogate pairs.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufff9-\ufffb]|(?![\u200d\p{Variation_Selector}])\p{Default_Ignorable_Code_Point}|(?<!\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/** Escapes what a terminal would obey, as `\u001b`. JSON text stays JSON. */
export function escapeForTerminal(text: string): string {
  return text.replace(UNSAFE, (character) => character.split("").map(escaped).join(""));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
