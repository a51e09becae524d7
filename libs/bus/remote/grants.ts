import { createHash, timingSafeEqual } from 'node:crypto';
import type { Topic } from '@tocsin/contracts/topic.ts';
import { Problem } from '@tocsin/kernel/problem.ts';

/** What a process may do on the bus of another. */
export interface BusCredential {
  /** The process, for example `control`. */
  readonly name: string;
  /** At least 32 characters of chance. */
  readonly token: string;
  readonly grants: BusGrants;
}

export interface BusGrants {
  readonly publish: readonly Topic[];
  /** Topics it may read, see the depth of, and handle the dead letters of. */
  readonly consume: readonly Topic[];
}

/** The process that made a request. */
export interface BusCaller {
  readonly name: string;
  readonly grants: BusGrants;
}

/** Knows the processes that may call, by their tokens. */
export class Callers {
  readonly #known: readonly { readonly digest: Buffer; readonly caller: BusCaller }[];

  constructor(credentials: readonly BusCredential[]) {
    this.#known = credentials.map(({ name, token, grants }) => {
      return { digest: digestOf(token), caller: { name, grants } };
    });
  }

  /**
   * @param authorization UNTRUSTED: the header as it came
   * @throws Problem `unauthenticated` without a known bearer token
   */
  identify(authorization: string | undefined): BusCaller {
    const token = /^Bearer (\S{1,512})$/.exec(authorization ?? '')?.[1];
    const digest = digestOf(token ?? '');
    const found = this.#known.find((known) => timingSafeEqual(known.digest, digest));
    if (token !== undefined && found !== undefined) return found.caller;
    throw new Problem('unauthenticated', { detail: 'a known process token is needed' });
  }
}

/** @throws Problem `forbidden` when the process was not granted the topic */
export function checkGrant(caller: BusCaller, right: keyof BusGrants, topic: Topic): void {
  if (caller.grants[right].includes(topic)) return;
  throw new Problem('forbidden', { detail: `process ${caller.name} may not ${right} ${topic}` });
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
