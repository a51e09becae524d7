import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { systemClock } from '@tocsin/kernel/clock.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../cli/api-client.ts';
import { noProgressFile, openProgressFile, type ProgressFile } from './progress-file.ts';
import { type SendInputOptions, sendInput } from './send-input.ts';

/** A server that takes lines as the API does, and misbehaves as a test asks. */
interface Receiver {
  readonly server: Server;
  readonly paths: Set<string>;
  readonly lines: string[];
  /** Idempotency keys, one a request. */
  readonly keys: unknown[];
  /** Answers of the next requests; then everything is accepted. */
  readonly script: ((request: IncomingMessage, response: ServerResponse) => void)[];
}

let folder: string;
let receiver: Receiver;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-'));
  receiver = await openReceiver();
});

afterEach(() => {
  receiver.server.closeAllConnections();
  receiver.server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openReceiver(): Promise<Receiver> {
  const lines: string[] = [];
  const paths = new Set<string>();
  const keys: unknown[] = [];
  const script: Receiver['script'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.method === 'GET') {
      const accepted = Number(request.url?.split('-').at(-1));
      answer(response, 200, {
        accepted,
        stored: accepted,
        duplicate: 0,
        dead_lettered: 0,
        parse_failed: 0,
        pending: 0,
      });
      return;
    }
    keys.push(request.headers['idempotency-key']);
    const scripted = script.shift();
    if (scripted !== undefined) {
      scripted(request, response);
      return;
    }
    paths.add(request.url ?? '');
    const taken = Buffer.concat(chunks).toString().trimEnd().split('\n');
    lines.push(...taken);
    answer(response, 202, {
      accepted: taken.length,
      refused: 0,
      receipt: `${lines.length}-${taken.length}`,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, lines, keys, paths, script };
}

function answer(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function send(text: string, more: Partial<SendInputOptions> = {}) {
  const { port } = receiver.server.address() as AddressInfo;
  const clock = {
    ...systemClock,
    after: (ms: number, run: () => void) => systemClock.after(ms / 50, run),
  };
  return sendInput({
    api: new ApiClient(new URL(`http://127.0.0.1:${port}`), 'token', 'acme-corp'),
    clock,
    stream: Readable.from([Buffer.from(text)]),
    progressFile: noProgressFile,
    source: 'auto',
    wrapped: false,
    wait: true,
    signal: new AbortController().signal,
    moved: () => undefined,
    refused: () => undefined,
    ...more,
  });
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `line ${n}`);

describe('sendInput', () => {
  it('sends every line once and counts what was stored', async () => {
    const { tally, pending } = await send(numbered(1_234).join('\n'));
    expect([...receiver.lines].sort()).toEqual(numbered(1_234).sort());
    expect(tally).toMatchObject({ read: 1_234, accepted: 1_234, stored: 1_234, refused: 0 });
    expect(pending).toBe(0);
  });

  it.each([
    ['canonical events', '{"category":"auth"}', {}, '/v1/ingest/events'],
    [
      'an array of them',
      '[{"category":"auth","attributes":{"a":{"b":1}}}]',
      {},
      '/v1/ingest/events',
    ],
    ['other lines', '{"EventID":4625}', {}, '/v1/ingest/raw'],
    ['lines of a named source', 'x', { source: 'linux_auth' }, '/v1/ingest/raw?source=linux_auth'],
    ['wrapped lines', '{"raw":"x"}', { wrapped: true }, '/v1/ingest/raw?wrapped=true'],
  ])('sends %s where they belong', async (_, text, options, path) => {
    await send(text, options);
    expect([...receiver.paths]).toEqual([path]);
  });

  it('waits and repeats when it is asked to, and loses nothing', async () => {
    receiver.script.push(
      (_, response) => answer(response, 429, {}, { 'retry-after': '1' }),
      (_, response) => answer(response, 503, {}),
    );
    const { tally } = await send(numbered(10).join('\n'));
    expect(receiver.lines).toEqual(numbered(10));
    expect(tally).toMatchObject({ accepted: 10, repeated_requests: 0 });
  });

  it('repeats a request whose answer was lost under the same key, and counts it', async () => {
    receiver.script.push((request) => request.socket.destroy());
    const { tally } = await send(numbered(3).join('\n'));
    expect(tally).toMatchObject({ accepted: 3, repeated_requests: 1 });
    expect(receiver.keys).toEqual([expect.any(String), receiver.keys[0]]);
  });

  it('halves a body that is refused as a whole, so that only the item at fault is left out', async () => {
    const refuse = (_: IncomingMessage, response: ServerResponse): void =>
      answer(response, 400, { detail: 'bad line' });
    receiver.script.push(refuse, refuse, refuse);
    const reasons: string[] = [];
    const { tally } = await send(numbered(4).join('\n'), { refused: (why) => reasons.push(why) });
    expect(tally).toMatchObject({ read: 4, accepted: 3, refused: 1 });
    expect(receiver.lines).toEqual(['line 1', 'line 2', 'line 3']);
    expect(reasons).toContain('bad line');
  });

  it('ends at once when it has no right to send', async () => {
    receiver.script.push((_, response) => answer(response, 403, { detail: 'not yours' }));
    await expect(send('x')).rejects.toThrow('not yours');
  });

  it('goes on after an interruption, and sends nothing twice', async () => {
    const all = numbered(5_000);
    const interrupt = new AbortController();
    const progressFile = (): ProgressFile => openProgressFile('file', ['here'], folder);
    const first = await send(all.join('\n'), {
      progressFile: progressFile(),
      signal: interrupt.signal,
      moved: () => {
        if (receiver.lines.length > 1_500) interrupt.abort();
      },
    });
    expect(first.interrupted).toBe(true);
    expect(receiver.lines.length).toBeLessThan(5_000);
    const second = await send(all.join('\n'), { progressFile: progressFile() });
    expect([...receiver.lines].sort()).toEqual(all.sort());
    expect(second.tally).toMatchObject({ read: 5_000, accepted: 5_000, stored: 5_000 });
    expect(progressFile().read()).toMatchObject({ done: 0, receipts: [] });
  });
});
