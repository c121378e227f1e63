import { useInput, useStdin } from "ink";
import { keysOf } from "../terminal/keys.ts";

/** Hands on every key that is pressed, where keys can be read at all. */
export function useKeys(press: (key: string) => void): void {
  const { isRawModeSupported } = useStdin();
  useInput(
    (input, key) => {
      for (const name of keysOf(input, key)) press(name);
    },
    { isActive: isRawModeSupported },
  );
}
