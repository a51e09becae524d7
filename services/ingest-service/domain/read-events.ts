import { isUtf8 } from 'node:buffer';
import { mayHideBytes, parseJson } from '@tocsin/kernel/json.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { checkEvent, tooLarge } from './check-event.ts';
import { EVENT_BYTES_MAX, ITEMS_MAX } from './limits.ts';
import { type LineRun, LineRuns } from './line-runs.ts';
import { eachLine, firstToken, onOneLine, splitArray } from './split-json.ts';

/** An item that is not taken, with its place in the request. */
export interface Refusal {
  readonly index: number;
  readonly problem: Problem;
}

/** What a request holds: the items to accept, each on one line, and those refused. */
export interface ReadItems {
  /** True when the body is one event, not a list: then a refusal is the answer. */
  readonly single: boolean;
  /** The id a client gave its single event; `''` for none and for lists. */
  readonly eventId: string;
  readonly runs: readonly LineRun[];
  /** Items in the runs. */
  readonly count: number;
  readonly refusals: readonly Refusal[];
}

/**
 * Reads a body of canonical events: one object, an array, or NDJSON. The first byte decides, not the content type,
 * because plain `curl -d` states a wrong one.
 *
 * @throws Problem when the body as a whole is not one of them
 */
export function readEvents(tenantId: TenantId, body: Buffer): ReadItems {
  if (!isUtf8(body)) throw new Problem('malformed_json', { detail: 'the body is not UTF-8' });
  const start = firstToken(body);
  if (start === body.length) {
    throw new Problem('invalid_request', { detail: 'the body is empty: send an event' });
  }
  if (body[start] === OPEN_BRACKET) return readArray(tenantId, body.subarray(start));
  if (isOneObject(body, start)) return readOne(tenantId, body.subarray(start));
  const taker = new ItemTaker(tenantId, body);
  eachLine(body, start, (from, to) => taker.take(from, to));
  return taker.finish();
}

const OPEN_BRACKET = 0x5b;

/** A body is one object unless its first line is a whole one by itself and more follows. */
function isOneObject(body: Buffer, start: number): boolean {
  const newline = body.indexOf(0x0a, start);
  if (newline === -1) return true;
  if (firstToken(body.subarray(newline)) === body.length - newline) return true;
  try {
    JSON.parse(body.toString('utf8', start, newline));
    return false;
  } catch {
    // Not whole: the object goes on over several lines. What is wrong with it, if anything, is said by its check.
    return true;
  }
}

function readOne(tenantId: TenantId, text: Buffer): ReadItems {
  if (text.length > EVENT_BYTES_MAX) throw tooLarge();
  const checked = checkEvent(tenantId, text.toString(), mayHideBytes(text));
  if (typeof checked !== 'string') throw checked;
  const runs = [{ bytes: onOneLine(trimEnd(text)), count: 1 }];
  return { single: true, eventId: checked, runs, count: 1, refusals: [] };
}

function readArray(tenantId: TenantId, text: Buffer): ReadItems {
  // The whole is parsed first, so that a truncated array is refused whole and nothing is half done.
  if (!Array.isArray(parseJson(text.toString()))) throw new Problem('malformed_json');
  // Its elements, one a line: then it is like any other list.
  const items = splitArray(text).map(onOneLine);
  const lines = Buffer.concat(items.flatMap((item) => [item, NEWLINE]));
  const taker = new ItemTaker(tenantId, lines);
  let start = 0;
  for (const item of items) {
    taker.take(start, start + item.length);
    start += item.length + 1;
  }
  return taker.finish();
}

const NEWLINE = Buffer.from('\n');

/** Checks the items of a list one by one, and keeps the good ones. */
class ItemTaker {
  readonly #tenantId: TenantId;
  readonly #body: Buffer;
  readonly #runs: LineRuns;
  readonly #careful: boolean;
  readonly #refusals: Refusal[] = [];
  #index = 0;

  constructor(tenantId: TenantId, body: Buffer) {
    this.#tenantId = tenantId;
    this.#body = body;
    this.#runs = new LineRuns(body);
    this.#careful = mayHideBytes(body);
  }

  take(start: number, end: number): void {
    if (this.#index === ITEMS_MAX) throw tooMany();
    const problem = this.#check(start, end);
    if (problem === undefined) this.#runs.add(start, end);
    else this.#refusals.push({ index: this.#index, problem });
    this.#index += 1;
  }

  finish(): ReadItems {
    if (this.#index === 0) {
      throw new Problem('invalid_request', { detail: 'the body holds no event' });
    }
    const runs = this.#runs.finish();
    return { single: false, eventId: '', runs, count: this.#runs.count, refusals: this.#refusals };
  }

  #check(start: number, end: number): Problem | undefined {
    if (end - start > EVENT_BYTES_MAX) return tooLarge();
    const checked = checkEvent(
      this.#tenantId,
      this.#body.toString('utf8', start, end),
      this.#careful,
    );
    return typeof checked === 'string' ? undefined : checked;
  }
}

function trimEnd(text: Buffer): Buffer {
  let end = text.length;
  while (end > 0 && (text[end - 1] ?? 0) <= 0x20) end -= 1;
  return text.subarray(0, end);
}

/** The problem of a request with too many items. */
export function tooMany(): Problem {
  return new Problem('body_too_large', {
    detail: `a request has at most ${ITEMS_MAX} items: send smaller batches`,
  });
}
