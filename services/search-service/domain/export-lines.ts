import type { SearchPage } from '@tocsin/search/search-store.ts';

/** Most events of one export. Its last line says whether more match; a later range gives them. */
export const EXPORT_EVENTS_MAX = 100_000;

/**
 * The lines of an export (NDJSON): an event each, and at the end `{"export_end":{"events":n,"complete":true}}`, without
 * which it was cut off. One page is in memory at a time.
 *
 * @param next gives the page behind a cursor; what it throws ends the lines
 */
export async function* exportLines(
  first: SearchPage,
  next: (cursor: string) => Promise<SearchPage>,
  eventsMax = EXPORT_EVENTS_MAX,
): AsyncGenerator<string> {
  let page = first;
  let events = 0;
  for (;;) {
    const items = page.items.slice(0, eventsMax - events);
    events += items.length;
    if (items.length > 0) yield items.map((item) => `${JSON.stringify(item)}\n`).join('');
    const isCut = items.length < page.items.length;
    const { nextCursor } = page;
    if (isCut || nextCursor === undefined || events >= eventsMax) {
      const complete = !isCut && nextCursor === undefined;
      yield `${JSON.stringify({ export_end: { events, complete } })}\n`;
      return;
    }
    page = await next(nextCursor);
  }
}
