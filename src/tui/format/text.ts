import cliTruncate from "cli-truncate";
import stringWidth from "string-width";

export type Alignment = "left" | "right";

/** Shortens to at most `width` columns; the ellipsis takes one of them. */
export function shorten(text: string, width: number, ellipsis: string): string {
  return cliTruncate(text, Math.max(0, width), { truncationCharacter: ellipsis });
}

/** Keeps both ends, which tell long names apart. */
export function shortenMiddle(text: string, width: number, ellipsis: string): string {
  return cliTruncate(text, Math.max(0, width), { truncationCharacter: ellipsis, position: "middle" });
}

/** Exactly `width` columns: shortened or filled with spaces. */
export function fit(text: string, width: number, ellipsis: string, alignment: Alignment = "left"): string {
  const short = shorten(text, width, ellipsis);
  const space = " ".repeat(Math.max(0, width - stringWidth(short)));
  return alignment === "left" ? short + space : space + short;
}

/** At most `length` UTF-16 units, no surrogate pair cut in two. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
