/** A request that two servers in a row could read in two ways, as bytes, and what must come of it. */
export interface SmuggledRequest {
  readonly name: string;
  readonly bytes: string;
  /**
   * `refused`: 400 and the connection is closed. `one`: it has one meaning only, and one answer. `closed`: an answer
   * of any kind or none, and the connection is closed.
   */
  readonly outcome: 'refused' | 'one' | 'closed';
}

/** The path of the request that is hidden in others. It must never be answered. */
export const HIDDEN_PATH = '/hidden-inside-another-request';

const HIDDEN = `GET ${HIDDEN_PATH} HTTP/1.1\r\nHost: x\r\n\r\n`;

/**
 * The corpus: both lengths, several lengths, lengths and encodings in odd spellings, chunks in odd forms, line ends
 * and folds that servers disagree on (RFC 9112 sections 2.2, 5.1, 5.2, 6 and 7; the tables of "HTTP Desync Attacks",
 * Kettle 2019). `path` is one that takes POST with a body; `headers` are lines with their ends.
 */
export function smuggledRequests(path: string, headers: string): SmuggledRequest[] {
  const post = (lines: string, body: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}${lines}\r\n${body}`;
  const refused = (name: string, bytes: string): SmuggledRequest => ({
    name,
    bytes,
    outcome: 'refused',
  });
  const length = Buffer.byteLength(HIDDEN);
  return [
    refused(
      'both lengths, the chunks end first (CL.TE)',
      post(`Content-Length: ${length + 5}\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${HIDDEN}`),
    ),
    refused(
      'both lengths, the length ends first (TE.CL)',
      post(
        'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
        `${length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
      ),
    ),
    refused(
      'both lengths, the encoding first',
      post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${HIDDEN}`),
    ),
    refused(
      'two lengths that differ',
      post(`Content-Length: 0\r\nContent-Length: ${length}\r\n`, HIDDEN),
    ),
    refused(
      'two lengths that are equal',
      post('Content-Length: 2\r\nContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    refused('a list of lengths', post(`Content-Length: 0, ${length}\r\n`, HIDDEN)),
    refused('a length with a sign', post('Content-Length: +2\r\n', `{}${HIDDEN}`)),
    refused('a length below zero', post('Content-Length: -1\r\n', HIDDEN)),
    refused('a hexadecimal length', post('Content-Length: 0x2\r\n', `{}${HIDDEN}`)),
    refused('a length with a letter behind', post('Content-Length: 2a\r\n', `{}${HIDDEN}`)),
    refused('a length with a space inside', post('Content-Length: 1 2\r\n', `{}${HIDDEN}`)),
    refused(
      'a length beyond 64 bits',
      post('Content-Length: 18446744073709551618\r\n', `{}${HIDDEN}`),
    ),
    refused('an empty length', post('Content-Length: \r\n', HIDDEN)),
    refused('a blank before the colon of a length', post('Content-Length : 2\r\n', `{}${HIDDEN}`)),
    refused(
      'a blank before the colon of an encoding',
      post('Transfer-Encoding : chunked\r\nContent-Length: 2\r\n', `0\r\n\r\n${HIDDEN}`),
    ),
    refused(
      'an encoding that is not chunked',
      post('Transfer-Encoding: gzip\r\nContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    refused(
      'an encoding that nobody knows',
      post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${HIDDEN}`),
    ),
    refused(
      'chunked that is not the last encoding',
      post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${HIDDEN}`),
    ),
    refused(
      'two encodings in two lines',
      post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${HIDDEN}`),
    ),
    refused(
      'an encoding behind a vertical tab',
      post('Transfer-Encoding: \u000bchunked\r\nContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    refused(
      'a name with a control character',
      post('Transfer\u0001Encoding: chunked\r\nContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    refused(
      'an encoding in a folded line',
      post('Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    refused('a folded line', post('X-Note: a\r\n b\r\nContent-Length: 2\r\n', `{}${HIDDEN}`)),
    refused(
      'a first header line that begins with a blank',
      `POST ${path} HTTP/1.1\r\n Host: x\r\n${headers}Content-Length: 2\r\n\r\n{}${HIDDEN}`,
    ),
    refused(
      'a header line without a colon',
      post('Transfer-Encoding\r\nContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    refused(
      'a header line without a name',
      post(': chunked\r\nContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    refused(
      'a carriage return inside a value',
      post('X-Note: a\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    refused('NUL inside a value', post('X-Note: a\u0000b\r\nContent-Length: 2\r\n', `{}${HIDDEN}`)),
    refused(
      'lines that end in a line feed alone',
      `POST ${path} HTTP/1.1\nHost: x\n${headers.replaceAll('\r\n', '\n')}Content-Length: 2\n\n{}${HIDDEN}`,
    ),
    refused(
      'one line that ends in a line feed alone',
      post('X-Note: a\nContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    refused(
      'one line that ends in a carriage return alone',
      post('X-Note: a\rContent-Length: 2\r\n', `{}${HIDDEN}`),
    ),
    {
      name: 'a chunk size with a sign',
      bytes: post('Transfer-Encoding: chunked\r\n', `+2\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
      outcome: 'closed',
    },
    {
      name: 'a chunk size with 0x',
      bytes: post('Transfer-Encoding: chunked\r\n', `0x2\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
      outcome: 'closed',
    },
    {
      name: 'a chunk size beyond 64 bits',
      bytes: post(
        'Transfer-Encoding: chunked\r\n',
        `10000000000000002\r\n{}\r\n0\r\n\r\n${HIDDEN}`,
      ),
      outcome: 'closed',
    },
    {
      name: 'a chunk longer than it says',
      bytes: post('Transfer-Encoding: chunked\r\n', `1\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
      outcome: 'closed',
    },
    {
      name: 'a chunk line that ends in a line feed alone',
      bytes: post('Transfer-Encoding: chunked\r\n', `2\n{}\r\n0\r\n\r\n${HIDDEN}`),
      outcome: 'closed',
    },
    {
      name: 'a chunk extension with a line feed',
      bytes: post('Transfer-Encoding: chunked\r\n', `2;a\nb\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
      outcome: 'closed',
    },
    {
      name: 'chunk extensions of 20 KB',
      bytes: post('Transfer-Encoding: chunked\r\n', `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
      outcome: 'closed',
    },
    refused(
      'HTTP/1.0 with chunks',
      `POST ${path} HTTP/1.0\r\nHost: x\r\n${headers}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n${HIDDEN}`,
    ),
    refused('a version that does not exist', `GET ${path} HTTP/3.7\r\nHost: x\r\n\r\n`),
    refused('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    { name: 'no host', bytes: `GET ${path} HTTP/1.1\r\n\r\n`, outcome: 'closed' },
    refused('a request line with a tab', `GET\t${path} HTTP/1.1\r\nHost: x\r\n\r\n`),
    refused('a method with a control character', `GE\u0007T ${path} HTTP/1.1\r\nHost: x\r\n\r\n`),
    {
      name: 'a body that holds a request, with its true length',
      bytes: post(`Content-Length: ${length}\r\n`, HIDDEN),
      outcome: 'one',
    },
    {
      name: 'chunks that hold a request',
      bytes: post(
        'Transfer-Encoding: chunked\r\n',
        `${length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
      ),
      outcome: 'one',
    },
    {
      name: 'an encoding in capitals',
      bytes: post(
        'TRANSFER-ENCODING: CHUNKED\r\n',
        `${length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
      ),
      outcome: 'one',
    },
  ];
}
