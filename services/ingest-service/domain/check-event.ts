import { EventInput } from '@tocsin/contracts/canonical-event.ts';
import { isDateTime } from '@tocsin/kernel/date-time.ts';
import { parseJson } from '@tocsin/kernel/json.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { isUuid } from '@tocsin/kernel/uuid.ts';
import { Ajv, type ErrorObject } from 'ajv';
import { EVENT_BYTES_MAX } from './limits.ts';

const ajv = new Ajv({ allErrors: false, strict: true, coerceTypes: false, useDefaults: false });
ajv.addFormat('uuid', isUuid);
ajv.addFormat('date-time', isDateTime);
const validate = ajv.compile<EventInput>(EventInput);

/**
 * Checks one event as posted. Gives the id the client gave it, `''` when it gave none, or what is wrong.
 *
 * `careful` is `mayHideBytes` of the body it is in.
 *
 * UNTRUSTED: everything in it. Only its shape is checked here; it stays bytes.
 */
export function checkEvent(tenantId: TenantId, text: string, careful: boolean): string | Problem {
  let event: unknown;
  try {
    event = parseJson(text, careful);
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
  if (!validate(event)) return invalid(validate.errors?.[0]);
  if (event.tenant_id !== undefined && event.tenant_id !== tenantId) {
    return new Problem('tenant_mismatch', {
      detail: 'tenant_id is not the tenant of the token: leave it out',
      errors: [{ pointer: '/tenant_id', detail: 'is not the tenant of the token' }],
    });
  }
  return event.event_id ?? '';
}

/** The problem of an item past the limit of one event. */
export function tooLarge(): Problem {
  return new Problem('body_too_large', {
    detail: `one event or line has at most ${EVENT_BYTES_MAX} bytes`,
  });
}

function invalid(error: ErrorObject | undefined): Problem {
  const pointer = pointerOf(error);
  const detail = detailOf(error);
  return new Problem('invalid_request', {
    detail: `${pointer === '' ? 'the event' : pointer} ${detail}`,
    errors: [{ pointer, detail }],
  });
}

function pointerOf(error: ErrorObject | undefined): string {
  const path = error?.instancePath ?? '';
  const member = error?.params['missingProperty'] ?? error?.params['additionalProperty'];
  return typeof member === 'string'
    ? `${path}/${member.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`
    : path;
}

function detailOf(error: ErrorObject | undefined): string {
  switch (error?.keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return 'is not a member of an event: put your own data under /attributes';
    case 'enum':
      return `is none of ${JSON.stringify(error.params['allowedValues'])}`;
    case 'not':
      return 'is given by Tocsin: leave it out';
    default:
      return error?.message ?? 'is not valid';
  }
}
