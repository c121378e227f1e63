/** Of the runs that show what the processor does: an item's costs grow with the table at first, and then no more. */
export const MANY = 100_000;

/** Of the runs that show how long it takes; and how many times that the model is asked for. */
export const SIZE = 60_000;
export const TIMES = 3;
/** Of which the fastest counts. */
export const RUNS = 3;
/** Bytes of an item. */
export const SMALL = 350;

export const SEGMENTS = 8;
