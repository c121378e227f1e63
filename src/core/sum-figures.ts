/** Adds up, number by number, two figures of the same shape. */
export function sumFigures<Shape extends object>(a: Shape, b: Shape): Shape {
  const sum: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(a)) {
    const other = b[name as keyof Shape] as unknown;
    sum[name] =
      typeof value === "number" ? value + (other as number) : sumFigures(value as object, other as object);
  }
  return sum as Shape;
}
