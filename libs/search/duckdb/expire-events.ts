import { countRows, type Expired, type FilesPlace, removeDay, rewriteDay } from './rewrite-day.ts';

/**
 * Removes what expired from every day file, really: afterwards its text is in none of them (design 4.2). A file of
 * which nothing is left goes as a whole, but for the newest, which also remembers the offsets.
 *
 * @returns the number of events removed
 */
export async function expireEvents(place: FilesPlace, gone: Expired): Promise<number> {
  let removed = 0;
  const days = place.files.days.toSorted((a, b) => (a.day < b.day ? -1 : 1));
  for (const file of days) {
    const { expired, frames, left } = await countRows(place.connection, file, gone);
    if (expired === 0 && frames === 0) continue;
    // Rewriting replaces the object of a day, so the heir is looked up and not remembered.
    const heir = place.files.day(days.at(-1)?.day ?? '');
    if (left > 0 || heir === undefined || heir === file) await rewriteDay(place, file, gone);
    else await removeDay(place, file, heir);
    removed += expired;
  }
  return removed;
}
