/** Prints ordinals, ascending, as runs: `0-511,600`. A frame whose every item failed takes a few bytes. */
export function formatOrdinals(ordinals: readonly number[]): string {
  const runs: string[] = [];
  for (let at = 0; at < ordinals.length; ) {
    let end = at;
    while (ordinals[end + 1] === (ordinals[end] ?? 0) + 1) end += 1;
    runs.push(end === at ? `${ordinals[at]}` : `${ordinals[at]}-${ordinals[end]}`);
    at = end + 1;
  }
  return runs.join(',');
}

/** Reads what {@link formatOrdinals} printed. */
export function readOrdinals(text: string): number[] {
  if (text === '') return [];
  return text.split(',').flatMap((run) => {
    const [first = 0, last = first] = run.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
