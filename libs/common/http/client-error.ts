import type { Socket } from 'node:net';
import { Problem } from '@tocsin/kernel/problem.ts';
import { PROBLEM_MEDIA_TYPE, problemDocument } from './problem-document.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/**
 * Answers what Node's parser refused before there was a request (broken HTTP, two content lengths, headers too
 * large, too slow) by a problem document, and closes the connection.
 */
export function answerClientError(
  error: Error & { readonly code?: string },
  socket: Socket,
  requestId: string,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(error.code ?? '');
  const body = JSON.stringify(problemDocument(problem, requestId, ''));
  const head = [
    `HTTP/1.1 ${problem.status} ${REASONS[problem.status] ?? 'Error'}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ].join('\r\n');
  socket.end(`${head}\r\n\r\n${body}`);
}

function problemOf(code: string): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Problem('request_timeout', { detail: 'the request took too long to arrive' });
  }
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers_too_large');
  return new Problem('invalid_request', { detail: 'the request is not well-formed HTTP/1.1' });
}
