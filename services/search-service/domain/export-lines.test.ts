import { describe, expect, it } from 'vitest';
import { exportLines } from './export-lines.ts';

/** Pages of three documents; the cursor is the number of the next page. */
function pages(total: number) {
  const page = (number: number) => {
    const items = Array.from({ length: Math.min(3, total - number * 3) }, (_, index) => ({
      event_id: `${number * 3 + index}`,
    }));
    const isLast = (number + 1) * 3 >= total;
    return { items, nextCursor: isLast ? undefined : `${number + 1}` };
  };
  return {
    first: page(0),
    next: (cursor: string) => Promise.resolve(page(Number(cursor))),
  } as unknown as {
    first: Parameters<typeof exportLines>[0];
    next: Parameters<typeof exportLines>[1];
  };
}

async function exported(total: number, eventsMax: number) {
  const { first, next } = pages(total);
  let text = '';
  for await (const lines of exportLines(first, next, eventsMax)) text += lines;
  const all = text.trimEnd().split('\n');
  return {
    ids: all.slice(0, -1).map((line) => JSON.parse(line).event_id),
    end: JSON.parse(all.at(-1) ?? ''),
  };
}

describe('the lines of an export', () => {
  it.each([
    [0, 10, 0, true],
    [7, 10, 7, true],
    [7, 7, 7, true],
    [6, 6, 6, true],
    [7, 6, 6, false],
    [7, 4, 4, false],
  ])('of %i events with room for %i are %i, complete: %s', async (total, room, events, complete) => {
    const { ids, end } = await exported(total, room);
    expect(ids).toEqual(Array.from({ length: events }, (_, index) => `${index}`));
    expect(end).toEqual({ export_end: { events, complete } });
  });

  it('have no end when a page fails', async () => {
    const { first } = pages(9);
    const seen: string[] = [];
    const cut = async () => {
      for await (const lines of exportLines(first, () => Promise.reject(new Error('store gone'))))
        seen.push(lines);
    };
    await expect(cut()).rejects.toThrow('store gone');
    expect(seen.join('')).not.toContain('export_end');
  });
});
