/** A line that is being typed. */
export interface Prompt {
  kind: "moment" | "text";
  typed: string;
}

/** UTF-16 units. */
const LONGEST = 200;
const segmenter = new Intl.Segmenter();

/** What a key makes of it; `submit` and `cancel` end it. */
export function promptKey(prompt: Prompt, key: string): Prompt | "submit" | "cancel" {
  if (key === "enter") return "submit";
  if (key === "escape") return "cancel";
  if (key === "ctrl-u") return { ...prompt, typed: "" };
  if (key === "backspace") return { ...prompt, typed: withoutLast(prompt.typed) };
  // Names of keys have several characters, which typed ones come one by one.
  if ([...key].length !== 1 || prompt.typed.length + key.length > LONGEST) return prompt;
  return { ...prompt, typed: prompt.typed + key };
}

function withoutLast(text: string): string {
  return text.slice(0, [...segmenter.segment(text)].at(-1)?.index ?? 0);
}
