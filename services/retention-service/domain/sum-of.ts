/** Numbers by kind, added. */
export function sumOf(
  ...parts: readonly Readonly<Record<string, number>>[]
): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const part of parts) {
    for (const [kind, count] of Object.entries(part)) sum[kind] = (sum[kind] ?? 0) + count;
  }
  return sum;
}
