import { isProblem, Problem } from '@tocsin/kernel/problem.ts';

/**
 * The problem an error is answered with. Faults that Fastify found become ours by their code; anything unknown is
 * `internal` and says nothing of itself to the client.
 */
export function asProblem(error: unknown): Problem {
  if (isProblem(error)) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem('body_too_large', { cause: error });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('unsupported_media_type', {
        detail:
          'the header Content-Type is not a media type; leave it out or send application/json',
        cause: error,
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return new Problem('invalid_request', {
        detail: 'the body ended before the length that Content-Length states',
        cause: error,
      });
    case 'FST_ERR_BAD_URL':
      return new Problem('invalid_request', {
        detail: 'the path is not well-formed',
        cause: error,
      });
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem('not_found', { cause: error });
    default:
      return new Problem('internal', {
        detail: 'a fault in Tocsin; its log has the cause under this request_id',
        cause: error,
      });
  }
}
