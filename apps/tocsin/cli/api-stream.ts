import * as http from 'node:http';
import * as https from 'node:https';
import { Problem } from '@tocsin/kernel/problem.ts';
import { type ApiClient, problemOf } from './api-client.ts';

/**
 * Opens an answer that may be larger than memory, to be read as it comes.
 *
 * @throws Problem with the words of the problem document, `unavailable` when nothing answers
 */
export async function openStream(api: ApiClient, path: string): Promise<AsyncIterable<Buffer>> {
  const url = new URL(path, api.url);
  const get = url.protocol === 'https:' ? https.get : http.get;
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    get(url, { headers: api.headers() }, resolve).on('error', (cause) =>
      reject(
        new Problem('unavailable', { detail: `Tocsin does not answer at ${url.origin}`, cause }),
      ),
    );
  });
  const status = answer.statusCode ?? 0;
  if (status < 400) return answer;
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  throw problemOf({ status, headers: answer.headers, body: Buffer.concat(chunks) }, `GET ${path}`);
}
