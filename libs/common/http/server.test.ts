import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteRoutes as routes } from './testing/note-routes.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

let up: TestServer;
let port = 0;

beforeAll(async () => {
  up = await testServer(routes, {
    limits: { bodyBytesMax: 4096, headersTimeoutMs: 300, requestTimeoutMs: 400, slowCheckMs: 50 },
  });
  port = await up.server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => up.server.close(100));

async function call(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: string | Buffer,
  extra: Record<string, string> = {},
) {
  const headers = { ...(await up.headers()), ...extra };
  const sent = payload === undefined ? {} : { payload };
  return up.server.app.inject({ method, url, headers, ...sent });
}

/** Sends bytes as they are and gives all that comes back. */
function rawSocket(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('bodies', () => {
  it.each([
    ['no content type', undefined],
    ['the content type of curl -d', 'application/x-www-form-urlencoded'],
    ['JSON with a charset', 'application/json; charset=utf-8'],
    ['another type', 'text/plain'],
  ])('takes JSON with %s (A-040)', async (_name, type) => {
    const extra: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const reply = await call('POST', '/v1/notes', Buffer.from('{"title":"a"}'), extra);
    expect(reply.statusCode).toBe(201);
    expect(reply.json()).toEqual({ title: 'a', tenant: 'acme-corp' });
  });

  it.each([
    ['truncated JSON', '{"title":', 400, 'malformed_json', ''],
    ['an empty body', '', 400, 'malformed_json', undefined],
    ['a wrong type, without coercion', '{"title":5}', 400, 'invalid_request', '/title'],
    [
      'text where an integer belongs',
      '{"title":"a","weight":"5"}',
      400,
      'invalid_request',
      '/weight',
    ],
    ['an unknown member', '{"title":"a","extra":1}', 400, 'invalid_request', '/extra'],
    ['a missing member', '{}', 400, 'invalid_request', '/title'],
    ['a text too long', `{"title":"${'x'.repeat(21)}"}`, 400, 'invalid_request', '/title'],
    ['NUL', '{"title":"a\\u0000"}', 400, 'invalid_request', '/title'],
    ['half a surrogate pair', '{"title":"\\ud800"}', 400, 'invalid_request', '/title'],
    ['__proto__', '{"title":"a","__proto__":{"x":1}}', 400, 'invalid_request', '/__proto__'],
    [
      'escaped __proto__ deep inside',
      '{"a":[{"\\u005f_proto__":1}]}',
      400,
      'invalid_request',
      '/a/0/__proto__',
    ],
    [
      'constructor.prototype',
      '{"constructor":{"prototype":{"x":1}}}',
      400,
      'invalid_request',
      '/constructor',
    ],
    [
      'nesting over 64',
      `${'['.repeat(65)}${']'.repeat(65)}`,
      400,
      'invalid_request',
      '/0'.repeat(64),
    ],
    ['a number past a double', '{"title":"a","weight":1e999}', 400, 'invalid_request', '/weight'],
    ['a body over the limit', `{"title":"${'x'.repeat(5000)}"}`, 413, 'body_too_large', undefined],
  ])('refuses %s', async (_name, payload, status, code, pointer) => {
    const reply = await call('POST', '/v1/notes', payload);
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['content-type']).toContain('application/problem+json');
    const problem = reply.json();
    expect(problem.code).toBe(code);
    expect(problem.errors[0]?.pointer).toBe(pointer);
  });

  it('says where JSON is malformed, without quoting it', async () => {
    const problem = (await call('POST', '/v1/notes', '{\n  "title": hunter2\n}')).json();
    expect(problem).toMatchObject({
      line: 2,
      column: 12,
      detail: 'line 2 column 12: a value is expected',
    });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  it('refuses bytes that are not UTF-8, a content encoding, and a content type that is none', async () => {
    const notText = await call('POST', '/v1/notes', Buffer.from([0x7b, 0xff, 0x7d]));
    expect(notText.json()).toMatchObject({ status: 400, code: 'malformed_json' });
    const packed = await call('POST', '/v1/notes', '{}', { 'content-encoding': 'gzip' });
    expect(packed.json()).toMatchObject({ status: 415, code: 'unsupported_encoding' });
    const type = await call('POST', '/v1/notes', '{}', { 'content-type': 'nonsense;;' });
    expect(type.json()).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });
});

describe('raw routes', () => {
  it('give the bytes as received, with encoding and type named', async () => {
    const reply = await call('POST', '/v1/raw?source=zeek', Buffer.from([0, 255, 10]), {
      'content-encoding': 'GZIP',
      'content-type': 'Text/Plain; charset=x',
    });
    expect(reply.json()).toEqual({
      tenant: 'acme-corp',
      bytes: '00ff0a',
      contentEncoding: 'gzip',
      contentType: 'text/plain',
      source: 'zeek',
    });
  });

  it('take a body of exactly the limit and refuse one byte more', async () => {
    expect((await call('POST', '/v1/raw', Buffer.alloc(100))).statusCode).toBe(202);
    expect((await call('POST', '/v1/raw', Buffer.alloc(101))).json()).toMatchObject({
      status: 413,
    });
  });
});

describe('problems', () => {
  it('have the members of RFC 9457 and of X-19', async () => {
    const reply = await call('GET', '/v1/notes/gone?limit=7', undefined, {
      'x-request-id': 'abc-1',
    });
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toEqual({
      type: 'urn:tocsin:problem:not_found',
      title: 'There is no such thing here',
      status: 404,
      detail: 'there is no note gone',
      instance: '/v1/notes/gone',
      code: 'not_found',
      retryable: false,
      request_id: 'abc-1',
      errors: [],
      error: {
        message: 'There is no such thing here',
        status_code: 404,
        retryable: false,
        detail: 'there is no note gone',
        request_id: 'abc-1',
      },
    });
  });

  it('say nothing of an unknown fault', async () => {
    const reply = await call('GET', '/v1/notes/broken');
    expect(reply.json()).toMatchObject({ status: 500, code: 'internal', retryable: true });
    expect(reply.body).not.toContain('secret inner detail');
    expect(reply.body).not.toContain('server.test.ts');
  });

  it('stand for an answer that cannot be printed', async () => {
    const reply = await call('GET', '/v1/notes/endless');
    expect(reply.json()).toMatchObject({ status: 500, code: 'internal' });
  });

  it('round Retry-After up to whole seconds', async () => {
    expect((await call('GET', '/v1/notes/busy')).headers['retry-after']).toBe('2');
  });

  it('answer an unknown path by 404 and a wrong method by 405 with Allow (X-02)', async () => {
    expect((await call('GET', '/v1/nothing')).json()).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    const reply = await call('DELETE', '/v1/notes/a');
    expect(reply.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(reply.headers['allow']).toBe('GET, HEAD');
    // Which Node and Fastify know, and of which they ask more than of others.
    const query = await up.server.app.inject({ method: 'QUERY' as 'GET', url: '/v1/notes/a' });
    expect(query.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
  });

  it('answer a path that is not well-formed, NUL in it, and a bad parameter by 400', async () => {
    expect((await call('GET', '/v1/notes/%zz')).json()).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
    expect((await call('GET', '/v1/notes/a%00b')).json()).toMatchObject({ status: 400 });
    expect((await call('GET', '/v1/notes/a?limit=201')).json()).toMatchObject({
      status: 400,
      errors: [{ pointer: '/query/limit' }],
    });
    expect((await call('GET', `/v1/notes/${'a'.repeat(41)}`)).json()).toMatchObject({
      errors: [{ pointer: '/path/id' }],
    });
  });
});

describe('broken HTTP', () => {
  const head = 'POST /v1/raw HTTP/1.1\r\nhost: x\r\n';

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['two content lengths', `${head}content-length: 3\r\ncontent-length: 4\r\n\r\nabc`, 400],
    [
      'a content length beside chunks',
      `${head}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['headers over the limit', `${head}x: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['headers that never end', 'GET /open HTTP/1.1\r\nx: y\r\n', 408],
  ])('answers %s by a problem', async (_name, text, status) => {
    const answer = await rawSocket(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('application/problem+json');
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({ status });
  });
});
