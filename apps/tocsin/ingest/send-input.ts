import type { Readable } from 'node:stream';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { messageOf } from '@tocsin/kernel/message-of.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { ApiClient } from '../cli/api-client.ts';
import { ReceiptQueue } from './await-receipts.ts';
import { type Batch, batchItems } from './batch.ts';
import { detectForm, HEAD_BYTES, looksCanonical } from './detect-form.ts';
import type { Item } from './item.ts';
import { Ledger } from './ledger.ts';
import type { ProgressFile } from './progress-file.ts';
import { sendBatch } from './send-batch.ts';
import { splitLines } from './split-lines.ts';
import { splitValues } from './split-values.ts';
import type { Tally } from './tally.ts';

/** What to send, and how. */
export interface SendInputOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly stream: Readable;
  readonly progressFile: ProgressFile;
  /** `auto`, or the name of a source. */
  readonly source: string;
  readonly wrapped: boolean;
  readonly wait: boolean;
  /** Aborted by the first Ctrl-C: what is on its way is finished, nothing new is sent. */
  readonly signal: AbortSignal;
  readonly moved: (tally: Tally, pending: number) => void;
  readonly refused: (reason: string) => void;
}

/** What was sent. */
export interface SentInput {
  readonly tally: Tally;
  /** Requests whose items were not all stored when waiting ended. */
  readonly pending: number;
  readonly interrupted: boolean;
}

/**
 * Requests on their way at once. One, so that events arrive in the order of the input: windows take what is up to
 * 5 minutes late, and a few hundred lines of an old file may span hours.
 */
const IN_FLIGHT_MAX = 1;
/** Most reasons for refusals that are shown. */
const REASONS_SHOWN_MAX = 5;

/** Sends an input to the end, or until the signal; goes on where an earlier call stopped. */
export async function sendInput(options: SendInputOptions): Promise<SentInput> {
  const { api, clock, progressFile, signal, refused: told } = options;
  const before = progressFile.read();
  const { sending, tally } = before;
  const ledger = new Ledger(before.done, before.ahead);
  const receipts = new ReceiptQueue(api, clock, tally, before.receipts);
  const save = (): void => {
    progressFile.write({
      sending,
      done: ledger.done,
      ahead: ledger.ahead,
      tally,
      receipts: receipts.open,
    });
    options.moved(tally, receipts.open.length);
  };
  const { head, chunks } = await readHead(options.stream);
  const split = detectForm(head) === 'values' ? splitValues : splitLines;
  const path = pathOf(options, firstItemOf(head));
  let shown = 0;
  const send = async (batch: Batch): Promise<void> => {
    const key = `${sending}/${batch.range.join('-')}`;
    const options = { api, path, clock, key, waiting: () => undefined };
    const outcome = await sendBatch(batch.items, options);
    tally.read += batch.items.length;
    tally.bytes += batch.range[1] - batch.range[0];
    tally.accepted += outcome.accepted;
    tally.refused += outcome.refused;
    tally.repeated_requests += outcome.repeated;
    receipts.add(outcome.receipts);
    ledger.acknowledge(batch.range);
    for (const reason of outcome.reasons) if (++shown <= REASONS_SHOWN_MAX) told(reason);
    save();
  };
  const batches = batchItems(untilAborted(split(chunks), signal), ledger);
  await inFlight(batches, ledger, send, async () => {
    if (options.wait) await receipts.settleSome();
  });
  if (options.wait) await receipts.settleAll(signal, save);
  const finished = !signal.aborted;
  if (finished && (receipts.open.length === 0 || !options.wait)) progressFile.remove();
  return { tally, pending: receipts.open.length, interrupted: !finished };
}

/** Keeps a few requests on their way; while it reads, it also looks after receipts of earlier ones. */
async function inFlight(
  batches: AsyncIterable<Batch>,
  ledger: Ledger,
  send: (batch: Batch) => Promise<void>,
  meanwhile: () => Promise<void>,
): Promise<void> {
  const open = new Set<Promise<void>>();
  let failure: unknown;
  for await (const batch of batches) {
    ledger.send(batch.range);
    const sent = send(batch)
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => open.delete(sent));
    open.add(sent);
    if (open.size >= IN_FLIGHT_MAX) await Promise.race([...open, meanwhile()]);
    while (open.size >= IN_FLIGHT_MAX) await Promise.race(open);
    if (failure !== undefined) break;
  }
  await Promise.all(open);
  if (failure !== undefined) throw failure;
}

async function* untilAborted(
  items: AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  for await (const item of items) {
    if (signal.aborted) return;
    yield item;
  }
}

/** Reads enough to judge the input by, and gives it back with the rest. */
async function readHead(
  stream: Readable,
): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer> }> {
  const iterator = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const read: Buffer[] = [];
  let size = 0;
  while (size < HEAD_BYTES) {
    const { value, done } = await nextChunk(iterator);
    if (done === true) break;
    read.push(value);
    size += value.length;
    // A person who types lines, or a slow program, should not have to fill the whole head first.
    if (value.includes(0x0a)) break;
  }
  const head = Buffer.concat(read);
  return { head, chunks: chained(head, iterator) };
}

async function* chained(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (;;) {
    const { value, done } = await nextChunk(rest);
    if (done === true) return;
    yield value;
  }
}

/** Unpacking fails on a damaged or cut off file; that is the input's fault, not ours. */
async function nextChunk(iterator: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer>> {
  try {
    return await iterator.next();
  } catch (cause) {
    const why = messageOf(cause);
    throw new Problem('invalid_request', {
      detail: `the input cannot be read to its end (${why}). What was before is sent; repair the file and run this again.`,
      cause,
    });
  }
}

function firstItemOf(head: Buffer): Buffer {
  const text = head.toString('utf8').trimStart();
  const line = text.startsWith('[') ? (firstObject(text) ?? text) : (text.split('\n', 1)[0] ?? '');
  return Buffer.from(line.trim());
}

/** The first object of an array, if its end is near: tried at each closing bracket. */
function firstObject(text: string): string | undefined {
  const begin = text.indexOf('{');
  for (let end = text.indexOf('}', begin); end !== -1; end = text.indexOf('}', end + 1)) {
    const candidate = text.slice(begin, end + 1);
    try {
      JSON.parse(candidate);
      return candidate;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}

function pathOf({ source, wrapped }: SendInputOptions, first: Buffer): string {
  const query = new URLSearchParams();
  if (wrapped) query.set('wrapped', 'true');
  if (source !== 'auto') query.set('source', source);
  if (query.size > 0) return `/v1/ingest/raw?${query}`;
  return looksCanonical(first) ? '/v1/ingest/events' : '/v1/ingest/raw';
}
