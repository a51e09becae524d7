import { join } from 'node:path';
import { Problem } from '@tocsin/kernel/problem.ts';
import { defaultHomePath, type Home, homeAt, surroundings } from '../home.ts';
import { findHolder, type LockRecord } from '../supervisor/lock.ts';
import { httpCall } from './http-call.ts';

/** A product that runs on this machine. */
export interface Running {
  readonly home: Home;
  readonly lock: LockRecord;
}

/** The home of `tocsin demo`, apart from that of `tocsin up`. */
export function demoHomePath(): string {
  return join(defaultHomePath(surroundings()), 'demo');
}

/** The home a command means: `--home`, else the default one. */
export function chosenHome(given: string | undefined): Home {
  return homeAt(given ?? defaultHomePath(surroundings()));
}

/** What runs on the chosen home, or, when none was chosen and nothing runs there, the demo. */
export async function findRunning(given: string | undefined): Promise<Running | undefined> {
  const homes = given === undefined ? [chosenHome(given), homeAt(demoHomePath())] : [homeAt(given)];
  for (const home of homes) {
    const lock = await findHolder(home);
    if (lock !== undefined) return { home, lock };
  }
  return undefined;
}

/**
 * Calls an operation of the supervisor by its admin socket.
 *
 * @throws Problem what the supervisor answered, or `forbidden` when the socket belongs to another user
 */
export async function adminCall(
  home: Home,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await httpCall(
    { socketPath: home.adminSocket },
    {
      method,
      path,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
  ).catch((error: unknown) => {
    throw explainRefusal(home, error);
  });
  const value: unknown = JSON.parse(answer.body.toString('utf8'));
  if (answer.status === 200) return value;
  throw new Problem('invalid_request', { detail: detailOf(value) });
}

function detailOf(value: unknown): string {
  const detail =
    typeof value === 'object' && value !== null && 'detail' in value ? value.detail : '';
  return String(detail);
}

function explainRefusal(home: Home, error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code !== 'EACCES') return error;
  return new Problem('forbidden', {
    detail: `the Tocsin on ${home.root} belongs to another user. Run this as that user, or set TOCSIN_TOKEN.`,
    cause: error,
  });
}
