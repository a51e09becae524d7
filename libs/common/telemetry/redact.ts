import { Secret } from '@tocsin/kernel/secret.ts';

/** What stands for a value that must not be seen. */
export const REDACTED = '[secret]';

/** Deepest level of fields that is printed; what lies below becomes `[deep]`. */
const DEPTH_MAX = 6;
/** Longest text printed, in UTF-16 units. */
export const LOG_TEXT_MAX = 8192;
/** Most members of one object or array printed. */
const MEMBERS_MAX = 100;

/** Names whose values are secrets, compared without case and separators. */
const SECRET_NAME =
  /^(proxy)?authorization$|cookie$|passw(or)?d$|^pass$|passphrase$|secret$|(^|access|refresh|id|bearer|session|auth|api)token$|apikey$|privatekey$|signingkey$|clientsecret$|credentials?$|pepper$/;
const BEARER = /\b(bearer|basic)\s+[A-Za-z0-9\-._~+/]{8,}=*/gi;
const JWT = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,200}):[^\s/@]{1,500}@/gi;
const API_KEY = /\btcs_[a-z0-9]{1,20}_[A-Za-z0-9]{1,64}_[A-Za-z0-9_-]{8,}/g;
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/**
 * A copy of a value that is safe to print: secrets replaced by {@link REDACTED} (by name, by class {@link Secret},
 * and by their look inside any text), depth, length and member count bounded, errors as plain objects.
 */
export function redact<Value>(value: Value): Value {
  return copy(value, 0) as Value;
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret) return REDACTED;
  if (value instanceof Date)
    return Number.isNaN(value.valueOf()) ? 'invalid date' : value.toISOString();
  if (depth >= DEPTH_MAX) return '[deep]';
  if (value instanceof Error) return copyError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MEMBERS_MAX).map((item) => copy(item, depth + 1));
  return copyMembers(value as Record<string, unknown>, depth);
}

function copyMembers(object: Record<string, unknown>, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(object).slice(0, MEMBERS_MAX)) {
    const value = object[key];
    if (value === undefined) continue;
    result[key] = isSecretName(key) && value !== null ? REDACTED : copy(value, depth + 1);
  }
  return result;
}

function copyError(error: Error, depth: number): Record<string, unknown> {
  const own = copyMembers(error as unknown as Record<string, unknown>, depth);
  return {
    ...own,
    type: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, depth + 1) }),
  };
}

/** Says whether a field of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(/[-_. ]/g, '').toLowerCase());
}

/** Replaces what looks like a secret inside a text, and cuts it to {@link LOG_TEXT_MAX}. */
export function redactText(text: string): string {
  const short = text.length > LOG_TEXT_MAX ? `${text.slice(0, LOG_TEXT_MAX)}…` : text;
  if (short.length < 12) return short;
  return short
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(JWT, REDACTED)
    .replace(URL_PASSWORD, `$1:${REDACTED}@`)
    .replace(API_KEY, REDACTED)
    .replace(PEM, REDACTED);
}
