import type { Sample } from '../sample.ts';

const TIME = '[02/Mar/2026:09:15:30 +0100]';

export const samples: readonly Sample[] = [
  {
    name: 'maps the combined format under the names of W3C logs',
    line: `203.0.113.40 - - ${TIME} "GET /shop/cart?id=7%27 HTTP/1.1" 200 5120 "https://www.hollow.example/" "Mozilla/5.0 (X11)"`,
    expected: {
      at: '2026-03-02T08:15:30.000Z',
      category: 'network',
      action: 'web_request',
      outcome: 'success',
      severity: 1,
      sourceIntegration: 'apache',
      actorType: 'device',
      actorId: '203.0.113.40',
      srcIp: '203.0.113.40',
      message: 'GET /shop/cart?id=7%27 200',
      attributes: {
        'cs-method': 'GET',
        'cs-uri-stem': '/shop/cart',
        'cs-uri-query': 'id=7%27',
        'sc-status': 200,
        'sc-bytes': 5120,
        'cs-referer': 'https://www.hollow.example/',
        'cs-user-agent': 'Mozilla/5.0 (X11)',
        'cs-version': 'HTTP/1.1',
      },
      logsources: ['apache/webserver/apache'],
    },
  },
  {
    name: 'maps the common format with a user',
    line: `10.20.1.14 - mira ${TIME} "POST /admin HTTP/2.0" 403 -`,
    expected: { outcome: 'failure', actorType: 'user', actorId: 'mira', srcIp: '10.20.1.14' },
  },
  {
    name: 'reads a virtual host in front',
    line: `www.hollow.example:443 203.0.113.40 - - ${TIME} "GET / HTTP/1.1" 500 12 "-" "-"`,
    expected: { targetType: 'asset', targetId: 'www.hollow.example', severity: 4 },
  },
  {
    name: 'keeps a request that is not HTTP, with its escaped quotes',
    line: `203.0.113.40 - - ${TIME} "\\x16\\x03\\"\\x01" 400 226 "-" "-"`,
    expected: {
      outcome: 'failure',
      attributes: { 'cs-uri': '\\x16\\x03\\"\\x01', 'cs-method': '' },
    },
  },
  {
    name: 'does not let a user agent forge a status',
    line: `203.0.113.40 - - ${TIME} "GET / HTTP/1.1" 404 10 "-" "x\\" 200 1 \\"y"`,
    expected: { outcome: 'failure', attributes: { 'cs-user-agent': 'x\\" 200 1 \\"y' } },
  },
  {
    name: 'reads the same behind a syslog header, whose host is the target',
    line: `<134>Mar  2 08:15:31 web-1 httpd: 203.0.113.40 - - ${TIME} "GET / HTTP/1.1" 200 12 "-" "-"`,
    expected: { sourceIntegration: 'apache', targetId: 'web-1', at: '2026-03-02T08:15:30.000Z' },
  },
  {
    name: 'leaves text that only looks a little like it to others',
    line: `word word - ${TIME} but no request`,
    expected: { sourceIntegration: 'text', parseStatus: 'partial' },
  },
];
