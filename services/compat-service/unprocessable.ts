import type { ProblemDocument } from '@tocsin/http/problem-document.ts';
import type { HttpServer } from '@tocsin/http/server.ts';

/** What older clients expect where ours are told 400. */
const UNPROCESSABLE = 422;

/** Answers what does not fit the schema by 422, as the earlier system did; the document says the same as on other ports. */
export function answerUnprocessable({ app }: Pick<HttpServer, 'app'>): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    if (reply.statusCode !== 400 || typeof payload !== 'string') return payload;
    const document = JSON.parse(payload) as ProblemDocument; // SAFETY: every 400 of these servers is a problem document
    if (document.code !== 'invalid_request' || document.errors.length === 0) return payload;
    reply.code(UNPROCESSABLE);
    const error = { ...document.error, status_code: UNPROCESSABLE };
    return JSON.stringify({ ...document, status: UNPROCESSABLE, error });
  });
}
