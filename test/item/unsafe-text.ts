/**
 * What a terminal would obey, or what turns text round: control characters (C0, DEL, C1), bidirectional
 * controls, line separators, halves of surrogate pairs; and the best-known characters of no width.
 */
export const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u200c\u2060\ufeff]/u;

/**
 * What is not seen, so that two different keys look the same: Unicode's own list, but for variation selectors,
 * which choose between two looks of the emoji before them.
 */
export const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}--[\p{Variation_Selector}\p{Cn}]]$/v;
