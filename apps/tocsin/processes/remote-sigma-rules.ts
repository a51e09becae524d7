import type { DeferredNow, SigmaEntry } from '@tocsin/content-service/content-deps.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { Client } from 'undici';
import { DEFERRED_RULES_PATH, SIGMA_RULES_PATH } from './serve-sigma-rules.ts';

const ANSWER_MS_MAX = 10_000;
/** What was read is good for so long: thousands of rules are megabytes. */
const GOOD_MS = 1_000;

/** The Sigma documents that the data process of this home has. */
export class RemoteSigmaRules {
  readonly #client: Client;
  readonly #authorization: string;
  readonly #clock: Clock;
  #known: { readonly at: number; readonly entries: Promise<readonly SigmaEntry[]> } | undefined;

  constructor(socketPath: string, credential: string, clock: Clock) {
    const timeouts = { headersTimeout: ANSWER_MS_MAX, bodyTimeout: ANSWER_MS_MAX };
    this.#client = new Client('http://internal', { socketPath, ...timeouts });
    this.#authorization = `Bearer ${credential}`;
    this.#clock = clock;
  }

  /** @throws Problem `unavailable` while the data process is away */
  read(): Promise<readonly SigmaEntry[]> {
    const now = this.#clock.monotonic();
    if (this.#known !== undefined && now - this.#known.at < GOOD_MS) return this.#known.entries;
    const entries = this.#read<readonly SigmaEntry[]>(SIGMA_RULES_PATH);
    this.#known = { at: now, entries };
    entries.catch(() => {
      this.#known = undefined;
    });
    return entries;
  }

  /**
   * Those off the hot path, and what waits for them.
   *
   * @throws Problem `unavailable` while the data process is away
   */
  deferred(): Promise<DeferredNow> {
    return this.#read(DEFERRED_RULES_PATH);
  }

  close(): Promise<void> {
    return this.#client.destroy();
  }

  async #read<Told>(path: string): Promise<Told> {
    const answer = await this.#client
      .request({
        method: 'GET',
        path,
        headers: { authorization: this.#authorization },
      })
      .catch((cause: unknown) => {
        throw new Problem('unavailable', { detail: 'the data process does not answer', cause });
      });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) {
      throw new Problem('unavailable', { detail: 'the data process does not tell its rules' });
    }
    return JSON.parse(text) as Told;
  }
}
