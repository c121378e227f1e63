import { DdbrError } from "../../core/errors.ts";

/** One of some words; the first is the default. @throws DdbrError `usage` */
export function choiceOption<Word extends string>(
  option: string,
  text: string | undefined,
  words: readonly [Word, ...Word[]],
): Word {
  if (text === undefined) return words[0];
  const chosen = words.find((word) => word === text);
  if (chosen !== undefined) return chosen;
  throw new DdbrError("usage", `${option} is ${JSON.stringify(text)}`, {
    hint: `give ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`,
  });
}
