import { Readable } from 'node:stream';
import type { Clock } from '@tocsin/kernel/clock.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import type { StreamGap } from './domain/stream-position.ts';
import { StreamSlots } from './domain/stream-slots.ts';
import { type Follow, follow } from './follow.ts';

/** How long a reader may take for one message before its stream is dropped, milliseconds. */
export const SLOW_READER_MS = 10_000;

/** Why a stream ended. */
type End = 'client' | 'refused' | 'slow_reader' | 'stopping' | 'fault';

/** The streams that are open, bounded and counted. */
export class LiveStreams {
  readonly #clock: Clock;
  readonly #slots: StreamSlots;
  readonly #open = new Set<(end: End) => void>();
  readonly #sent: (kind: string, items: number) => void;
  readonly #gaps: (kind: string, reason: StreamGap['reason']) => void;
  readonly #ended: (kind: string, reason: End) => void;
  readonly #show: () => void;

  constructor(clock: Clock, metrics: Metrics) {
    this.#clock = clock;
    const refused = metrics.counter({
      name: 'tocsin_live_refused_total',
      help: 'Streams refused because there are too many, by whose limit',
      labels: ['reason'],
    });
    const sent = metrics.counter({
      name: 'tocsin_live_sent_total',
      help: 'Events and alerts sent on streams',
      labels: ['kind'],
    });
    const gaps = metrics.counter({
      name: 'tocsin_live_gaps_total',
      help: 'Stretches that a stream told it did not send whole',
      labels: ['kind', 'reason'],
    });
    const ended = metrics.counter({
      name: 'tocsin_live_ended_total',
      help: 'Streams ended, by reason',
      labels: ['kind', 'reason'],
    });
    const open = metrics.gauge({
      name: 'tocsin_live_streams',
      help: 'Streams open now',
      labels: [],
    });
    this.#slots = new StreamSlots((reason) => refused.add({ reason }));
    this.#sent = (kind, items) => sent.add({ kind }, items);
    this.#gaps = (kind, reason) => gaps.add({ kind, reason });
    this.#ended = (kind, reason) => ended.add({ kind, reason });
    this.#show = () => open.set({}, this.#slots.open);
  }

  /**
   * Opens a stream for a caller.
   *
   * @throws Problem `too_many_requests`
   */
  open(
    subject: Omit<Follow, 'clock' | 'signal' | 'onSent' | 'onGap'>,
    principal: string,
    clientGone: AbortSignal,
  ): Readable {
    const { name } = subject.kind;
    const release = this.#slots.take(subject.tenant.tenantId, principal);
    const stop = new AbortController();
    let why: End | undefined;
    const messages = follow({
      ...subject,
      clock: this.#clock,
      signal: stop.signal,
      onSent: (items) => this.#sent(name, items),
      onGap: (reason) => this.#gaps(name, reason),
    });
    const end = (reason: End): void => {
      why ??= reason;
      stop.abort();
      if (reason !== 'refused') stream.destroy();
    };
    const stream = Readable.from(this.#watched(messages, () => end('slow_reader')));
    stream.once('end', () => end('refused'));
    stream.once('error', () => end('fault'));
    stream.once('close', () => {
      end('client');
      this.#open.delete(end);
      release();
      this.#ended(name, why ?? 'client');
      this.#show();
    });
    // It may have gone while its query was looked at.
    if (clientGone.aborted) end('client');
    else clientGone.addEventListener('abort', () => end('client'), { once: true });
    this.#open.add(end);
    this.#show();
    return stream;
  }

  /** Ends every stream. */
  close(): void {
    for (const end of [...this.#open]) end('stopping');
  }

  /** Gives messages as the reader takes them; `onSlow` when it takes none for too long. */
  async *#watched(
    messages: AsyncGenerator<string, void>,
    onSlow: () => void,
  ): AsyncGenerator<string, void> {
    for await (const message of messages) {
      const cancel = this.#clock.after(SLOW_READER_MS, onSlow);
      try {
        yield message;
      } finally {
        cancel();
      }
    }
  }
}
