import { describe, expect, it } from 'vitest';
import { readServerSent, type ServerSent } from './read-server-sent.ts';

const STREAM =
  'retry: 3000\nid: 1-a\nevent: open\ndata: {}\n\n: heartbeat\n\nid: 2-b\nevent: event\ndata: {"message":"Grüße: zwei"}\n\n';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size)
    yield bytes.subarray(start, start + size);
}

describe('messages of a stream', () => {
  it.each([1, 2, 7, 1000])('are the same in pieces of %i bytes, without comments', async (size) => {
    const found: ServerSent[] = [];
    const stream = pieces(Buffer.from(STREAM), size);
    for await (const message of readServerSent(stream)) found.push(message);
    expect(found).toEqual([
      { id: '1-a', event: 'open', data: '{}' },
      { id: '2-b', event: 'event', data: '{"message":"Grüße: zwei"}' },
    ]);
  });
});
