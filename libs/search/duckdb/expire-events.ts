import { damagedProblem, isDamage } from './damaged-day.ts';
import type { DayFile } from './day-file.ts';
import { countRows, type Expired, type FilesPlace, removeDay, rewriteDay } from './rewrite-day.ts';

/**
 * Removes what expired from every day file, really: afterwards its text is in none of them (design 4.2). A file of
 * which nothing is left goes as a whole, but for the newest, which also remembers the offsets. A damaged file does not
 * keep the others.
 *
 * @returns the number of events removed
 * @throws Problem `stored_data_damaged` in the end, when damage kept a file from being written anew
 */
export async function expireEvents(place: FilesPlace, gone: Expired): Promise<number> {
  let removed = 0;
  let damage: Error | undefined;
  const days = place.files.days.toSorted((a, b) => (a.day < b.day ? -1 : 1));
  for (const file of days) {
    try {
      removed += await expireDay(place, file, gone, days.at(-1)?.day ?? '');
    } catch (error) {
      if (!isDamage(error)) throw error;
      place.files.metDamage(file.fileName);
      damage ??= damagedProblem(file.fileName, error);
    }
  }
  if (damage !== undefined) throw damage;
  return removed;
}

async function expireDay(
  place: FilesPlace,
  file: DayFile,
  gone: Expired,
  newest: string,
): Promise<number> {
  const { expired, frames, left } = await countRows(place.connection, file, gone);
  if (expired === 0 && frames === 0) return 0;
  // Rewriting replaces the object of a day, so the heir is looked up and not remembered.
  const heir = place.files.day(newest);
  if (left > 0 || heir === undefined || heir === file) await rewriteDay(place, file, gone);
  else await removeDay(place, file, heir);
  return expired;
}
