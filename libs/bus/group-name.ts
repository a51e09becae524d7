import { Problem } from '@tocsin/kernel/problem.ts';
import type { GroupName } from './event-bus.ts';

/** What a consumer group may be called. */
export const GROUP_NAME_PATTERN = '^[a-z][a-z0-9-]{0,40}$';

const pattern = new RegExp(GROUP_NAME_PATTERN);

/**
 * Parses an untrusted group name, before it becomes part of a key.
 *
 * @throws Problem `invalid_request` when it does not match {@link GROUP_NAME_PATTERN}
 */
export function parseGroupName(value: unknown): GroupName {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new Problem('invalid_request', {
    detail: 'a group name has 1 to 41 characters of a-z, 0-9 and hyphens, a letter first',
    errors: [{ pointer: '/group', detail: `must match ${GROUP_NAME_PATTERN}` }],
  });
}
