import type { WindowEntry } from './window-group.ts';

interface Path {
  readonly startedAt: number;
  /** Index of the entry that fills the last place. */
  readonly index: number;
  readonly previous: Path | undefined;
}

/**
 * The entries by which a sequence has come as far as each of its places, the last one left out, beginning as late
 * as can be. For an event that comes in order they are all that decides whether it makes a sequence whole.
 *
 * @returns indexes of entries, at most n * (n - 1) / 2 for n places
 */
export function newestPaths(
  sequence: readonly number[],
  entries: readonly WindowEntry[],
): ReadonlySet<number> {
  const paths: (Path | undefined)[] = new Array(sequence.length - 1).fill(undefined);
  for (const [index, entry] of entries.entries()) {
    if (entry.taken) continue;
    for (let place = sequence.length - 2; place >= 0; place -= 1) {
      if (((entry.steps ?? 0) & (1 << (sequence[place] ?? 0))) === 0) continue;
      const previous = place === 0 ? undefined : paths[place - 1];
      if (place > 0 && previous === undefined) continue;
      const startedAt = previous?.startedAt ?? entry.at;
      const known = paths[place];
      if (known === undefined || startedAt > known.startedAt) {
        paths[place] = { startedAt, index, previous };
      }
    }
  }
  const needed = new Set<number>();
  for (const end of paths) {
    for (let path = end; path !== undefined; path = path.previous) needed.add(path.index);
  }
  return needed;
}
