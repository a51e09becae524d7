import { Problem } from '@tocsin/kernel/problem.ts';

/** How far back a stream is resumed, milliseconds. What is older is told as a gap: a search finds it. */
export const RESUME_MS_MAX = 15 * 60_000;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const SHAPE = /^(\d{1,15})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Where a stream is: all before `at` was sent, and of that millisecond all up to `id`. */
export interface StreamPosition {
  /** Milliseconds since 1970: when an event was received, an alert changed. */
  readonly at: number;
  readonly id: string;
}

/** The position before everything of a millisecond. */
export function positionAt(at: number): StreamPosition {
  return { at, id: FIRST_ID };
}

/** The form that clients send back as `Last-Event-ID`. */
export function writePosition({ at, id }: StreamPosition): string {
  return `${at}-${id}`;
}

/** Says whether a document lies behind a position. */
export function isBehind(position: StreamPosition, at: number, id: string): boolean {
  return at > position.at || (at === position.at && id > position.id);
}

/** What a client missed and is not sent. */
export interface StreamGap {
  readonly from: number;
  readonly to: number;
  readonly reason: 'too_old' | 'too_many';
}

/** Where a stream begins: now, or where the client left off, as far back as is kept. UNTRUSTED: `lastEventId`. */
export function startOf(
  lastEventId: string | undefined,
  now: number,
): { readonly position: StreamPosition; readonly gap?: StreamGap } {
  if (lastEventId === undefined || lastEventId === '') return { position: positionAt(now) };
  const [, time, id] = SHAPE.exec(lastEventId) ?? [];
  if (time === undefined || id === undefined) {
    const detail = 'is not the id of an event of this stream';
    throw new Problem('invalid_request', {
      detail: `Last-Event-ID ${detail}`,
      errors: [{ pointer: '/headers/last-event-id', detail }],
    });
  }
  const at = Math.min(Number(time), now);
  const oldest = now - RESUME_MS_MAX;
  if (at >= oldest) return { position: { at, id } };
  return { position: positionAt(oldest), gap: { from: at, to: oldest, reason: 'too_old' } };
}
