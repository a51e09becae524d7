import type { WorkTopic } from '@tocsin/contracts/topic.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { backOff, type ConsumerShell, isRetryable, reasonOf } from './consumer-shell.ts';
import type { Consumer, GroupName, WorkHandler, WorkOptions } from './event-bus.ts';
import type { LeasedWork, WorkFeed, WorkOutcome } from './work-feed.ts';

/** Defaults of `WorkOptions`. */
export const WORK_DEFAULTS = { attemptsMax: 5, leaseMs: 30_000, concurrency: 4 } as const;

/** How long one lease call waits: only a fallback, the adapter wakes it. */
const WAIT_MS = 10_000;

/** Starts the one loop that works off every adapter's work topics. */
export function startWorkConsumer(
  feed: WorkFeed,
  shell: ConsumerShell,
  topic: WorkTopic,
  group: GroupName,
  handler: WorkHandler,
  options: WorkOptions = {},
): Consumer {
  const consumer = new WorkConsumer(feed, shell, topic, group, handler, options);
  consumer.start();
  return consumer;
}

class WorkConsumer implements Consumer {
  readonly #feed: WorkFeed;
  readonly #shell: ConsumerShell;
  readonly #topic: WorkTopic;
  readonly #group: GroupName;
  readonly #handler: WorkHandler;
  readonly #options: Required<WorkOptions>;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();

  constructor(
    feed: WorkFeed,
    shell: ConsumerShell,
    topic: WorkTopic,
    group: GroupName,
    handler: WorkHandler,
    options: WorkOptions,
  ) {
    this.#feed = feed;
    this.#shell = shell;
    this.#topic = topic;
    this.#group = group;
    this.#handler = handler;
    this.#options = { ...WORK_DEFAULTS, ...options };
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await Promise.all(this.#running);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      const itemsMax = this.#options.concurrency - this.#running.size;
      if (itemsMax <= 0) {
        await Promise.race(this.#running);
        continue;
      }
      try {
        for (const item of await this.#lease(itemsMax)) this.#begin(item);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#shell.report(error, 'leasing work');
        await backOff(this.#shell.clock, failures, signal);
        failures += 1;
      }
    }
  }

  #lease(itemsMax: number): Promise<readonly LeasedWork[]> {
    const { leaseMs, attemptsMax } = this.#options;
    return this.#feed.leaseWork({
      topic: this.#topic,
      group: this.#group,
      itemsMax,
      leaseMs,
      attemptsMax,
      waitMs: WAIT_MS,
      signal: this.#stopping.signal,
    });
  }

  #begin(item: LeasedWork): void {
    const work = this.#work(item).finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #work({ frame, receipt }: LeasedWork): Promise<void> {
    const { leaseMs } = this.#options;
    const { attempt } = receipt;
    let outcome: WorkOutcome = { kind: 'done' };
    try {
      await this.#handler({
        frame,
        attempt,
        extend: () => this.#feed.extendWork(receipt, leaseMs),
      });
    } catch (error) {
      this.#shell.report(error, 'handling a work item');
      outcome = this.#outcomeOf(error, attempt);
    }
    try {
      await this.#feed.finishWork(receipt, outcome);
    } catch (error) {
      // The lease runs out and the item is delivered again: at least once.
      this.#shell.report(error, 'finishing a work item');
    }
  }

  #outcomeOf(error: unknown, attempt: number): WorkOutcome {
    const hopeless = isProblem(error) && !isRetryable(error);
    if (hopeless || attempt >= this.#options.attemptsMax) {
      return { kind: 'park', reason: reasonOf(error) };
    }
    return { kind: 'retry', delayMs: 1000 * 2 ** attempt };
  }
}
