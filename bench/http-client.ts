import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** What the load generator is told. */
export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  readonly requests: number;
  /** One whole request as bytes of text. */
  readonly request: string;
}

/** Sends the same request over and over on each connection, the next when the answer has come. */
async function run({ port, connections, requests, request }: LoadOrder): Promise<void> {
  let left = requests;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.setNoDelay(true);
      const next = () => {
        left -= 1;
        if (left >= 0) socket.write(request);
        else socket.end(resolve);
      };
      // Each answer of this bench fits one segment, so one chunk is one answer.
      socket.on('data', (chunk) => {
        if (!chunk.subarray(0, 12).equals(ACCEPTED)) reject(new Error(chunk.toString()));
        next();
      });
      socket.on('connect', next);
      socket.on('error', reject);
    });
  await Promise.all(Array.from({ length: connections }, one));
}

const ACCEPTED = Buffer.from('HTTP/1.1 202');

await run(workerData as LoadOrder);
parentPort?.postMessage('done');
