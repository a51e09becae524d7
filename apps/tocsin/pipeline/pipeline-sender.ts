import type { Frame } from '@tocsin/bus/frame.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import { type Clock, sleep } from '@tocsin/kernel/clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { alertFrames } from './alert-frames.ts';
import type { PipelineEntry, PipelineParts } from './pipeline.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

type SenderParts = Pick<PipelineParts, 'output' | 'counters' | 'world' | 'onFatal'>;

/** Alerts and dead letters on their way to the bus. What the bus refuses for now is offered again until it is taken. */
export class PipelineSender {
  readonly #parts: SenderParts;
  #sending: Promise<void>[] = [];

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Publishes alerts of one tenant; `cause` is the frame of events that gave them, if it was one. */
  send(tenantId: TenantId, alerts: readonly ScoredAlert[], cause?: Frame): void {
    if (alerts.length === 0) return;
    const { counters, output, world } = this.#parts;
    counters.alertsPublished(tenantId, alerts.length);
    const frames = alertFrames(world, alerts, tenantId, cause);
    this.#track(() => output.publish(frames));
  }

  /** Publishes alerts of any tenants that were held back. */
  sendHeld(alerts: readonly ScoredAlert[]): void {
    const byTenant = Map.groupBy(alerts, (alert) => alert.tenant_id as TenantId);
    for (const [tenantId, mine] of byTenant) this.send(tenantId, mine);
  }

  /** Lets a frame wait for rules off the hot path. Where too much waits for them already, it is counted and left out. */
  defer(frame: Frame): void {
    const { counters, output } = this.#parts;
    const send = async (): Promise<void> => {
      try {
        await output.publish([{ ...frame, topic: 'deferred.events' }]);
      } catch (error) {
        if (!isProblem(error) || !error.retryable) throw error;
        counters.deferredLost?.(frame.tenantId, frame.count);
      }
    };
    this.#track(send);
  }

  park(entry: PipelineEntry, ordinal: number, reason: string): void {
    this.#track(() => this.#parts.output.deadLetter(entry, ordinal, reason));
  }

  /** Resolves when everything sent so far is durable. */
  async settled(): Promise<void> {
    await Promise.all(this.#sending);
    this.#sending = [];
  }

  #track(send: () => Promise<void>): void {
    const sent = sendUntilTaken(this.#parts.world.clock, send);
    this.#sending.push(sent);
    sent.catch((error: unknown) => this.#parts.onFatal(error));
  }
}

/** While the bus is full, taking stops at the next barrier: the events wait where they are durable already. */
async function sendUntilTaken(clock: Clock, send: () => Promise<void>): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await send();
    } catch (error) {
      if (!isProblem(error) || !error.retryable) throw error;
    }
    await sleep(clock, waitMs);
  }
}
