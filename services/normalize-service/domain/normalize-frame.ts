import type { Frame } from '@tocsin/bus/frame.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { AssertionFailure } from '@tocsin/kernel/assert.ts';
import { type DeriveEventId, deriveEventIds } from '@tocsin/kernel/derived-id.ts';
import { normalizeCanonical } from '@tocsin/sources/normalize-canonical.ts';
import { normalizeLine } from '@tocsin/sources/normalize-line.ts';
import { normalizeWrapped } from '@tocsin/sources/normalize-wrapped.ts';

/** An item that one of our parsers broke on: our bug, kept for people and told by its place. */
export interface DeadItem {
  readonly ordinal: number;
  /** Why, without any text of the item: that may hold secrets. */
  readonly reason: string;
}

/** What became of a frame: one event or one dead item for each of its items. */
export interface NormalizedFrame {
  readonly events: readonly NormalizedEvent[];
  /** Ordinal in the frame of the event at the same index. */
  readonly ordinals: readonly number[];
  readonly dead: readonly DeadItem[];
}

/** What the stage needs of a frame. */
export type FrameToNormalize = Pick<
  Frame,
  'id' | 'tenantId' | 'contentType' | 'sourceHint' | 'receivedAt' | 'body'
>;

/** Asked before each item is parsed: why it is set aside unread; undefined: it is parsed. */
export type BeforeItem = (ordinal: number) => string | undefined;

const NEWLINE = 10;

/**
 * Normalises the items of one frame of `raw.events` (design 3.2, 3.3). A function of its input alone: a replay gives
 * the same events with the same ids. A client's UUID is the id, else it is derived from tenant, frame and ordinal.
 *
 * @param firstOrdinal ordinal of the first item in the whole frame; above 0 for a part of a bisected frame
 * @throws AssertionFailure when a frame of another content type is given
 */
export function normalizeFrame(
  frame: FrameToNormalize,
  firstOrdinal = 0,
  beforeItem?: BeforeItem,
): NormalizedFrame {
  const normalize = normalizerOf(frame);
  const derive = deriveEventIds(frame.tenantId, frame.id);
  const events: NormalizedEvent[] = [];
  const ordinals: number[] = [];
  const dead: DeadItem[] = [];
  const body = frame.body;
  let ordinal = firstOrdinal;
  for (let from = 0; from <= body.length; ordinal += 1) {
    const newline = body.indexOf(NEWLINE, from);
    const end = newline < 0 ? body.length : newline;
    const reason = beforeItem?.(ordinal);
    if (reason !== undefined) dead.push({ ordinal, reason });
    else
      try {
        events.push(identify(normalize(body.toString('utf8', from, end)), derive, ordinal));
        ordinals.push(ordinal);
      } catch (cause) {
        dead.push({ ordinal, reason: reasonOf(cause) });
      }
    from = end + 1;
  }
  return { events, ordinals, dead };
}

type NormalizeItem = (item: string) => NormalizedEvent;

function normalizerOf(frame: FrameToNormalize): NormalizeItem {
  const { sourceHint, receivedAt } = frame;
  switch (frame.contentType) {
    case 'text/plain':
      return (item) => normalizeLine(item, sourceHint, '', receivedAt);
    case 'application/x-tocsin-wrapped':
      return (item) => normalizeWrapped(item, receivedAt);
    case 'application/x-tocsin-events':
      return (item) => normalizeCanonical(item, receivedAt);
    case 'application/x-ndjson':
      throw new AssertionFailure('raw.events has no frames of application/x-ndjson');
  }
}

function identify(event: NormalizedEvent, derive: DeriveEventId, ordinal: number): NormalizedEvent {
  if (event.eventId === '') event.eventId = derive(ordinal);
  return event;
}

function reasonOf(cause: unknown): string {
  const name = cause instanceof Error ? cause.name : typeof cause;
  return `parser_fault: ${name}`;
}
