/**
 * Milliseconds that never go back, and that go on while the machine sleeps: a steady clock stands still then, and the time of
 * day may be set. Whichever of both has gone further counts.
 */
export function steadyClock(): () => number {
  let [passed, day, steady] = [0, Date.now(), performance.now()];
  return () => {
    const [dayNow, steadyNow] = [Date.now(), performance.now()];
    passed += Math.max(0, dayNow - day, steadyNow - steady);
    [day, steady] = [dayNow, steadyNow];
    return passed;
  };
}
