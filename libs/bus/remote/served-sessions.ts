import { Problem } from '@tocsin/kernel/problem.ts';
import type { Random } from '@tocsin/kernel/random.ts';
import type { LogSession } from '../log-session.ts';

/** Reading sessions of other processes at once; far more than there are groups. */
const SESSIONS_MAX = 1000;

interface ServedSession {
  readonly owner: string;
  readonly session: LogSession;
}

/** The reading sessions that other processes hold, by random ids. */
export class ServedSessions {
  readonly #random: Random;
  readonly #sessions = new Map<string, ServedSession>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** @throws Problem `unavailable` past {@link SESSIONS_MAX} */
  add(owner: string, session: LogSession): string {
    if (this.#sessions.size >= SESSIONS_MAX) {
      throw new Problem('unavailable', { detail: `more than ${SESSIONS_MAX} reading sessions` });
    }
    const id = Buffer.from(this.#random.bytes(16)).toString('hex');
    this.#sessions.set(id, { owner, session });
    void session.lost.then(() => this.#sessions.delete(id));
    return id;
  }

  /** @throws Problem `lease_lost` when it ended, or belongs to another process */
  get(owner: string, id: string): LogSession {
    const served = this.#sessions.get(id);
    if (served !== undefined && served.owner === owner) return served.session;
    throw new Problem('lease_lost', { detail: 'the reading session has ended: open a new one' });
  }

  async close(): Promise<void> {
    for (const { session } of this.#sessions.values()) await session.close();
  }
}
