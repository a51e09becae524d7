import type { DeadLetter } from '@tocsin/bus/event-bus.ts';
import Type, { type Static } from 'typebox';
import type { ShownQueue } from '../queue-deps.ts';

/** Longest part of a parked item that is shown, in bytes. */
export const SHOWN_BODY_BYTES_MAX = 4096;

/** A parked item as the API gives it. */
export const ParkedItem = Type.Object(
  {
    id: Type.String(),
    topic: Type.String(),
    group: Type.String(),
    frame_id: Type.String(),
    ordinal: Type.Integer({ description: 'Which item of the frame it was, from 0' }),
    reason: Type.String(),
    attempts: Type.Integer(),
    received_at: Type.String(),
    parked_at: Type.String(),
    content_type: Type.String(),
    bytes: Type.Integer(),
    body: Type.String({
      description: `The item as it came, cut after ${SHOWN_BODY_BYTES_MAX} bytes`,
    }),
    truncated: Type.Boolean(),
  },
  { title: 'Dead letter' },
);
export type ParkedItem = Static<typeof ParkedItem>;

/** The wire form of a dead letter. Its body is what a sender sent: no more than shown is known of it. */
export function parkedItem({ topic, group }: ShownQueue, letter: DeadLetter): ParkedItem {
  const { frame } = letter;
  const truncated = frame.body.length > SHOWN_BODY_BYTES_MAX;
  return {
    id: letter.id,
    topic,
    group,
    frame_id: frame.id,
    ordinal: letter.ordinal,
    reason: letter.reason,
    attempts: letter.attempts,
    received_at: new Date(frame.receivedAt).toISOString(),
    parked_at: new Date(letter.parkedAt).toISOString(),
    content_type: frame.contentType,
    bytes: frame.body.length,
    body: frame.body.subarray(0, SHOWN_BODY_BYTES_MAX).toString('utf8'),
    truncated,
  };
}

/** What the audit log keeps of it: everything but the item itself, which may hold secrets. */
export function parkedSummary(queue: ShownQueue, letter: DeadLetter): Omit<ParkedItem, 'body'> {
  const { body: _, ...summary } = parkedItem(queue, letter);
  return summary;
}
