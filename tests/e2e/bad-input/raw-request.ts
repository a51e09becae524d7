import { once } from 'node:events';
import { connect } from 'node:net';
import type { Product } from '../harness.ts';

/** What came back. */
export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly text: string;
}

/** Bytes on a connection of their own; what came back until it was closed, or until an answer is there. */
export async function rawRequest(
  product: Product,
  bytes: string,
  { end = false, withinMs = 20_000 } = {},
): Promise<RawAnswer> {
  const socket = connect(product.port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    socket.end();
  });
  // A reset is an answer too: there is no text.
  socket.on('error', () => undefined);
  const timer = setTimeout(() => socket.destroy(), withinMs);
  const closed = once(socket, 'close');
  socket.write(bytes);
  if (end) socket.end();
  await closed;
  clearTimeout(timer);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}
