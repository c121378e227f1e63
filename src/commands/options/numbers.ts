import { DdbrError } from "../../core/errors.ts";

interface Range {
  min: number;
  max?: number;
  /** `min` itself is not allowed. */
  above?: boolean;
  integer?: boolean;
}

/** Reads an option's number; undefined when the option wasn't given. */
export function numberOption(name: string, text: string | undefined, range: Range): number | undefined {
  if (text === undefined) return undefined;
  const { min, max = Number.POSITIVE_INFINITY, above = false, integer = false } = range;
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
  const isNone = Number.isNaN(value) || (integer && !Number.isInteger(value));
  const isOutside = value > max || value < min || (above && value === min);
  if (isNone || isOutside) {
    const lower = above ? `above ${min}` : `from ${min}`;
    const upper =
      max === Number.POSITIVE_INFINITY ? (above ? "" : " up") : `${above ? ", up" : ""} to ${max}`;
    throw new DdbrError(
      "usage",
      `${name} is ${JSON.stringify(text)}, ${isNone ? `not a ${integer ? "whole " : ""}number` : "out of range"}`,
      {
        hint: `give one ${lower}${upper}`,
      },
    );
  }
  return value;
}
