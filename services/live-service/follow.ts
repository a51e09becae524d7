import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { type Clock, sleep } from '@tocsin/kernel/clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import type { Query } from '@tocsin/query/query.ts';
import { HEARTBEAT, serverSent } from './domain/server-sent.ts';
import {
  isBehind,
  positionAt,
  type StreamGap,
  type StreamPosition,
  writePosition,
} from './domain/stream-position.ts';
import { idOf, type LiveKind, timeOf } from './live-kind.ts';
import { readWindow } from './read-window.ts';

/** How often a stream looks for what is new, milliseconds. */
export const POLL_MS = 1000;
/** How long after its receipt something is looked for at the earliest: it may still be on its way to the bus. */
export const SETTLE_MS = 1000;
/** A stream says that it lives after this much silence. */
export const HEARTBEAT_MS = 15_000;
/** How often a stream asks whether its caller may still read. */
export const RECHECK_MS = 5000;
/** Longest stretch of time read at once; one with too much in it is halved, down to the shortest. */
const WINDOW_MS_MAX = 60_000;
const WINDOW_MS_MIN = 10;

/** What one stream follows, and for whom. */
export interface Follow {
  readonly kind: LiveKind;
  readonly tenant: TenantContext;
  readonly query: Query;
  readonly start: { readonly position: StreamPosition; readonly gap?: StreamGap };
  readonly clock: Clock;
  /** Aborted when the client is gone or the process stops. */
  readonly signal: AbortSignal;
  /** Throws a Problem when the caller may not read any more. */
  readonly admit: () => Promise<void>;
  readonly onSent: (items: number) => void;
  readonly onGap: (reason: StreamGap['reason']) => void;
}

/**
 * The messages of a stream. It ends by the signal, or with a message `end` when its caller may not read any more.
 * What was received is sent once all that was received before it is stored, so a slow pipeline passes nothing over.
 */
export async function* follow(subject: Follow): AsyncGenerator<string, void> {
  const { clock, signal, start, admit } = subject;
  const reader = new Reader(subject);
  const begun = { resumed_from: new Date(start.position.at).toISOString() };
  yield `retry: 3000\n${serverSent('open', begun, writePosition(start.position))}`;
  if (start.gap !== undefined) yield reader.gap(start.gap);
  let checkedAt = clock.monotonic();
  let saidAt = clock.monotonic();
  while (!signal.aborted) {
    const now = clock.monotonic();
    if (now - checkedAt >= RECHECK_MS) {
      checkedAt = now;
      const refusal = await refusalOf(admit);
      if (refusal !== undefined) {
        yield serverSent('end', refusal);
        return;
      }
    }
    const { messages, isBehindNow } = await reader.next();
    if (messages.length > 0) saidAt = now;
    yield* messages;
    if (now - saidAt >= HEARTBEAT_MS) {
      saidAt = now;
      yield HEARTBEAT;
    }
    if (!isBehindNow) await sleep(clock, POLL_MS, signal);
  }
}

/** Why the caller may not read any more. An outage of what is asked is no refusal. */
async function refusalOf(
  admit: () => Promise<void>,
): Promise<{ readonly code: string; readonly detail: string } | undefined> {
  try {
    await admit();
    return undefined;
  } catch (error) {
    if (!isProblem(error)) throw error;
    if (error.retryable) return undefined;
    return { code: error.code, detail: error.detail ?? error.message };
  }
}

class Reader {
  readonly #subject: Follow;
  #position: StreamPosition;
  #width = WINDOW_MS_MAX;

  constructor(subject: Follow) {
    this.#subject = subject;
    this.#position = subject.start.position;
  }

  /** The messages of the next stretch of time that is complete; none when there is none yet. */
  async next(): Promise<{ readonly messages: readonly string[]; readonly isBehindNow: boolean }> {
    try {
      return await this.#read();
    } catch (error) {
      // The store is busy or away for a moment: the same stretch is read again.
      if (isProblem(error) && error.retryable) return { messages: [], isBehindNow: false };
      throw error;
    }
  }

  gap({ from, to, reason }: StreamGap): string {
    this.#subject.onGap(reason);
    const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return serverSent('gap', { ...span, reason }, writePosition(positionAt(to)));
  }

  async #read() {
    const { kind, tenant, query } = this.#subject;
    const from = this.#position;
    const complete = await this.#complete();
    const to = Math.min(complete, from.at + this.#width);
    if (to <= from.at) return { messages: [], isBehindNow: false };
    const { items, more } = await readWindow(kind, tenant, query, from.at, to);
    if (more && to - from.at > WINDOW_MS_MIN) {
      this.#width = Math.max(WINDOW_MS_MIN, Math.floor((to - from.at) / 2));
      return { messages: [], isBehindNow: true };
    }
    const messages = items.flatMap((item) => {
      const place = { at: timeOf(kind, item), id: idOf(kind, item) };
      const isNew = isBehind(from, place.at, place.id);
      return isNew ? [serverSent(kind.name, item, writePosition(place))] : [];
    });
    this.#subject.onSent(messages.length);
    if (more) messages.push(this.gap({ from: from.at, to, reason: 'too_many' }));
    this.#position = positionAt(to);
    this.#width = Math.min(WINDOW_MS_MAX, this.#width * 2);
    return { messages, isBehindNow: to < complete };
  }

  /** Everything received before it is stored. */
  async #complete(): Promise<number> {
    const { kind, tenant, clock } = this.#subject;
    const settled = clock.now() - SETTLE_MS;
    const waiting = await kind.oldestWaiting(tenant);
    return Math.min(settled, waiting ?? settled);
  }
}
