import { parseJsonBytes } from '@tocsin/kernel/json.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { checkEvent } from './check-event.ts';
import { ITEMS_MAX } from './limits.ts';
import { firstToken, onOneLine, splitArray, splitLines } from './split-json.ts';

/** An item that is not taken, with its place in the request. */
export interface Refusal {
  readonly index: number;
  readonly problem: Problem;
}

/** What a request holds: the items to accept, each on one line, and those refused. */
export interface ReadItems {
  /** True when the body is one event, not a list: then a refusal is the answer. */
  readonly single: boolean;
  readonly items: readonly Buffer[];
  readonly refusals: readonly Refusal[];
}

/**
 * Reads a body of canonical events: one object, an array, or NDJSON. The first byte decides, not the content type,
 * because plain `curl -d` states a wrong one.
 *
 * @throws Problem when the body as a whole is not one of them
 */
export function readEvents(tenantId: TenantId, body: Buffer): ReadItems {
  const start = firstToken(body);
  const text = body.subarray(start);
  if (text.length === 0)
    throw new Problem('invalid_request', { detail: 'the body is empty: send an event' });
  if (text[0] === OPEN_BRACKET) return checkItems(tenantId, arrayItems(text));
  if (isOneObject(text)) return checkOne(tenantId, text);
  return checkItems(tenantId, splitLines(text));
}

const OPEN_BRACKET = 0x5b;

function arrayItems(text: Buffer): Buffer[] {
  // The whole is parsed first, so that a truncated array is refused whole and nothing is half done.
  if (!Array.isArray(parseJsonBytes(text))) throw new Problem('malformed_json');
  return splitArray(text);
}

/** A body is one object unless its first line is a whole one by itself and more follows. */
function isOneObject(text: Buffer): boolean {
  const newline = text.indexOf(0x0a);
  if (newline === -1) return true;
  if (firstToken(text.subarray(newline)) === text.length - newline) return true;
  try {
    JSON.parse(text.toString('utf8', 0, newline));
    return false;
  } catch {
    // Not whole: the object goes on over several lines. What is wrong with it, if anything, is said by its check.
    return true;
  }
}

function checkOne(tenantId: TenantId, text: Buffer): ReadItems {
  const problem = checkEvent(tenantId, text);
  if (problem !== undefined) throw problem;
  return { single: true, items: [onOneLine(trimEnd(text))], refusals: [] };
}

function trimEnd(text: Buffer): Buffer {
  let end = text.length;
  while (end > 0 && (text[end - 1] ?? 0) <= 0x20) end -= 1;
  return text.subarray(0, end);
}

function checkItems(tenantId: TenantId, found: Iterable<Buffer>): ReadItems {
  const items: Buffer[] = [];
  const refusals: Refusal[] = [];
  let index = 0;
  for (const item of found) {
    if (index === ITEMS_MAX) throw tooMany();
    const problem = checkEvent(tenantId, item);
    if (problem === undefined) items.push(onOneLine(item));
    else refusals.push({ index, problem });
    index += 1;
  }
  if (index === 0) throw new Problem('invalid_request', { detail: 'the body holds no event' });
  return { single: false, items, refusals };
}

/** The problem of a request with too many items. */
export function tooMany(): Problem {
  return new Problem('body_too_large', {
    detail: `a request has at most ${ITEMS_MAX} items: send smaller batches`,
  });
}
