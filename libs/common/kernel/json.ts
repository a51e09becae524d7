import { isUtf8 } from 'node:buffer';
import { findJsonFault } from './json-scanner.ts';
import { Problem, type ProblemFault } from './problem.ts';

/** Deepest nesting of objects and arrays we accept. Deeper input parses, but breaks what prints or walks it. */
export const JSON_DEPTH_MAX = 64;

/**
 * Parses untrusted JSON bytes (UTF-8, with or without a byte order mark).
 *
 * @throws {@link Problem} as {@link parseJson}; `malformed_json` also when the bytes are not UTF-8
 */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) {
    throw new Problem('malformed_json', { detail: 'the body is not UTF-8' });
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
}

/**
 * Parses untrusted JSON text and refuses what well-formed JSON may hold but we cannot keep or must not touch.
 *
 * @param careful whether strings and names need a look; default: found out from the text
 * @throws {@link Problem} `malformed_json` with `line` and `column`; `invalid_request` that names the member when
 *   it is nested deeper than {@link JSON_DEPTH_MAX}, named `__proto__`, a `constructor` with a `prototype`,
 *   holds NUL or half a surrogate pair, or is a number past the range of a double
 */
export function parseJson(text: string, careful = mayHideText(text)): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed(text, cause);
  }
  const fault = findUnsafe(value, careful, 0);
  if (fault === undefined) return value;
  const pointer = pointerOf(fault.path);
  throw new Problem('invalid_request', {
    detail: `${pointer === '' ? 'the body' : pointer} ${fault.detail}`,
    errors: [{ pointer, detail: fault.detail }],
  });
}

/** Makes the problem of a text that `JSON.parse` refused, in our words and with the place. */
export function malformed(text: string, cause: unknown): Problem {
  const fault = findJsonFault(text) ?? { offset: 0, line: 1, column: 1, detail: 'not JSON' };
  const where = `line ${fault.line} column ${fault.column}: ${fault.detail}`;
  const errors: ProblemFault[] = [{ pointer: '', detail: where }];
  const { line, column, offset } = fault;
  return new Problem('malformed_json', {
    detail: where,
    errors,
    members: { line, column, offset },
    cause,
  });
}

interface UnsafeMember {
  /** From the member outward to the root. */
  readonly path: string[];
  readonly detail: string;
}

/**
 * Says whether strings of a UTF-8 body need a look: without a unicode escape or one of two names none does.
 * For a body of many items, asked once and given to {@link parseJson} with each.
 */
export function mayHideBytes(body: Buffer): boolean {
  // Short and with a rare first byte, or long: those are the searches that Node does fast.
  if (body.includes('__prot') || body.includes('constructor"')) return true;
  for (let at = body.indexOf('\\u'); at !== -1; at = body.indexOf('\\u', at + 2)) {
    if (isEscape((index) => body[index], at)) return true;
  }
  return false;
}

function mayHideText(text: string): boolean {
  if (text.includes('"__proto__"') || text.includes('"constructor"')) return true;
  for (let at = text.indexOf('\\u'); at !== -1; at = text.indexOf('\\u', at + 2)) {
    if (isEscape((index) => text.charCodeAt(index), at)) return true;
  }
  return false;
}

/** A `\\u` is an escape unless its backslash is itself escaped, as in `C:\\\\users`. */
function isEscape(codeAt: (index: number) => number | undefined, at: number): boolean {
  let before = at;
  while (before > 0 && codeAt(before - 1) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

const BACKSLASH = 0x5c;

/** Walks down at most {@link JSON_DEPTH_MAX} levels, so recursion is bounded. `careful` also reads every string. */
function findUnsafe(value: unknown, careful: boolean, depth: number): UnsafeMember | undefined {
  if (typeof value === 'string') return careful ? unsafeText(value) : undefined;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : unsafe('is a number too large to keep');
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === JSON_DEPTH_MAX) return unsafe(`is nested deeper than ${JSON_DEPTH_MAX} levels`);
  return Array.isArray(value)
    ? findInArray(value, careful, depth)
    : findInObject(value as Record<string, unknown>, careful, depth);
}

function findInArray(items: unknown[], careful: boolean, depth: number): UnsafeMember | undefined {
  for (let index = 0; index < items.length; index += 1) {
    const found = findUnsafe(items[index], careful, depth + 1);
    if (found !== undefined) return below(String(index), found);
  }
  return undefined;
}

function findInObject(
  object: Record<string, unknown>,
  careful: boolean,
  depth: number,
): UnsafeMember | undefined {
  for (const key of Object.keys(object)) {
    const value = object[key];
    const found =
      (careful ? unsafeName(key, value) : undefined) ?? findUnsafe(value, careful, depth + 1);
    if (found !== undefined) return below(key, found);
  }
  return undefined;
}

function unsafeName(key: string, value: unknown): UnsafeMember | undefined {
  if (key === '__proto__') return unsafe('is a name that is not allowed');
  const poisons =
    key === 'constructor' &&
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, 'prototype');
  return poisons
    ? unsafe('is a name that is not allowed with a member "prototype"')
    : unsafeText(key);
}

function unsafeText(text: string): UnsafeMember | undefined {
  if (text.includes('\0')) return unsafe('holds a NUL character');
  return text.isWellFormed() ? undefined : unsafe('holds half of a surrogate pair');
}

function unsafe(detail: string): UnsafeMember {
  return { path: [], detail };
}

function below(key: string, found: UnsafeMember): UnsafeMember {
  found.path.push(key);
  return found;
}

/** A JSON pointer (RFC 6901) from names listed inside out. */
function pointerOf(path: readonly string[]): string {
  return path.toReversed().map(pointerPart).join('');
}

/** One step of a JSON pointer. Names that come from input may be long or hold controls: cut and escaped. */
export function pointerPart(name: string): string {
  const short = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  return `/${short.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('\0', '\\0')}`;
}
