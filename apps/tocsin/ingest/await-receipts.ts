import { type Clock, sleep } from '@tocsin/kernel/clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import type { ApiClient, ApiObject } from '../cli/api-client.ts';
import type { Tally } from './tally.ts';

/** Receipts asked for at once. */
const ASKED_AT_ONCE = 4;
/** Wait before asking again for what is pending. */
const PAUSE_MS = 150;
/** Without any progress for so long, waiting ends and what is pending is reported. */
const STALLED_MS_MAX = 120_000;

/** Receipts of accepted requests whose items are not all stored yet, in the order they came. */
export class ReceiptQueue {
  readonly #api: ApiClient;
  readonly #clock: Clock;
  readonly #tally: Tally;
  #open: string[];
  #asking: Promise<boolean> | undefined;

  constructor(api: ApiClient, clock: Clock, tally: Tally, open: readonly string[] = []) {
    this.#api = api;
    this.#clock = clock;
    this.#tally = tally;
    this.#open = [...open];
  }

  get open(): readonly string[] {
    return this.#open;
  }

  add(receipts: readonly string[]): void {
    this.#open.push(...receipts);
  }

  /** Asks for the oldest receipts once and counts those that are settled. Says whether any was. One round at a time. */
  settleSome(): Promise<boolean> {
    this.#asking ??= this.#settleOldest().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #settleOldest(): Promise<boolean> {
    const asked = this.#open.slice(0, ASKED_AT_ONCE);
    const states = await Promise.all(asked.map((receipt) => this.#ask(receipt)));
    const settled = new Set<string>();
    for (const [index, state] of states.entries()) {
      const receipt = asked[index];
      if (receipt === undefined || state === undefined || Number(state.pending) > 0) continue;
      settled.add(receipt);
      this.#count(state);
    }
    this.#open = this.#open.filter((receipt) => !settled.has(receipt));
    return settled.size > 0;
  }

  /** Waits until all are settled; gives up when nothing moves for two minutes, or at the signal. */
  async settleAll(signal: AbortSignal, moved: () => void): Promise<void> {
    let lastMove = this.#clock.monotonic();
    while (this.#open.length > 0 && !signal.aborted) {
      if (await this.settleSome()) {
        lastMove = this.#clock.monotonic();
        moved();
      } else if (this.#clock.monotonic() - lastMove > STALLED_MS_MAX) return;
      else await sleep(this.#clock, PAUSE_MS, signal);
    }
  }

  /** A server that restarts in the middle does not answer for a moment; the receipt stays open. */
  async #ask(receipt: string): Promise<ApiObject | undefined> {
    try {
      return await this.#api.get(`/v1/ingest/receipts/${encodeURIComponent(receipt)}`);
    } catch (error) {
      if (isProblem(error, 'unavailable')) return undefined;
      throw error;
    }
  }

  #count(state: ApiObject): void {
    this.#tally.stored += Number(state.stored ?? 0);
    this.#tally.duplicate += Number(state.duplicate ?? 0);
    this.#tally.dead_lettered += Number(state.dead_lettered ?? 0);
    this.#tally.parse_failed += Number(state.parse_failed ?? 0);
  }
}
