import { escapeForTerminal } from "../../../core/escape.ts";
import { tableText } from "../../format/table-text.ts";
import type { Happened } from "../../state/history/happened.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";
import type { Tone } from "../../terminal/tones.ts";

/** `changed status, total`; safe to print. */
export function happenedText(happened: Happened, glyphs: Glyphs): string {
  switch (happened.kind) {
    case "unread":
      return glyphs.ellipsis;
    case "changed":
      return `changed ${tableText(escapeForTerminal(happened.attributes.join(", ")), glyphs)}`.trimEnd();
    case "unreadable":
      return `unreadable: ${tableText(escapeForTerminal(happened.reason), glyphs)}`;
    default:
      return happened.kind;
  }
}

export function happenedTone({ kind }: Happened): Tone | undefined {
  switch (kind) {
    case "created":
    case "restored":
      return "good";
    case "deleted":
      return "extraneous";
    case "unreadable":
      return "bad";
    case "archived":
      return "warn";
    case "changed":
    case "stored":
      return undefined;
    case "unread":
    case "unchanged":
      return "dim";
  }
}
