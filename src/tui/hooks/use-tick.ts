import { useEffect, useReducer } from "react";

/** Draws the component again every so often; returns what draws it at once. */
export function useTick(milliseconds: number): () => void {
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  useEffect(() => {
    const timer = setInterval(redraw, milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
  return redraw;
}
