import type { IncomingMessage } from 'node:http';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';

/** What a client may use as a request id: safe in logs, headers and URLs. */
const PATTERN = /^[A-Za-z0-9._:=@/+-]{1,128}$/;

/** The client's `X-Request-Id` where it is well-formed, else a fresh UUIDv7. UNTRUSTED: not unique. */
export function requestIdOf(request: IncomingMessage, world: World): string {
  const given = request.headers['x-request-id'];
  if (typeof given === 'string' && PATTERN.test(given)) return given;
  return uuidV7(world.clock, world.random);
}
