import { seededRandom } from '../../libs/common/kernel/random.ts';

/** One well-formed line of each kind that a parser of ours reads. */
const SAMPLES: readonly string[] = [
  'Nov 23 10:00:00 host sshd[812]: Failed password for invalid user ann from 203.0.113.7 port 4242 ssh2',
  '<134>1 2026-11-23T10:00:00Z host app 812 ID47 [x@1 k="v"] a message',
  '203.0.113.7 - ann [23/Nov/2026:10:00:00 +0000] "GET /a?b=c HTTP/1.1" 200 512 "-" "curl/8"',
  'CEF:0|Vendor|Product|1.0|100|Name|5|src=203.0.113.7 dst=10.0.0.1 spt=1 msg=a\\=b',
  '{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"CreateUser","userIdentity":{"type":"IAMUser","userName":"ann"},"eventTime":"2026-11-23T10:00:00Z"}',
  '{"EventID":4625,"Channel":"Security","Computer":"ws1","EventData":{"TargetUserName":"ann","IpAddress":"203.0.113.7"}}',
  '{"ts":1764000000.1,"id.orig_h":"203.0.113.7","id.resp_h":"10.0.0.1","proto":"tcp","_path":"conn"}',
  '{"timestamp":"2026-11-23T10:00:00Z","event_type":"alert","src_ip":"203.0.113.7","alert":{"signature":"x","severity":1}}',
];
const PIECES: readonly string[] = [
  '\0',
  '"',
  '\\',
  '{"a":'.repeat(300),
  '['.repeat(5_000),
  '%n%s',
  '\u{1f4a5}',
  '\\ud800',
  '__proto__',
  '9'.repeat(400),
  '-1e999',
  '=,;|\t',
  'a'.repeat(20_000),
  '<134>',
  '(a+)+$',
];

/** Lines for a raw request: samples with pieces put in, taken out and turned round. The seed decides all of it. */
export function hostileLines(seed: number, count: number): string {
  const random = seededRandom(seed + 1);
  const below = (limit: number): number => Math.floor(random.fraction() * limit);
  const mutate = (line: string): string => {
    const at = below(line.length + 1);
    switch (below(4)) {
      case 0:
        return line.slice(0, at) + (PIECES[below(PIECES.length)] ?? '') + line.slice(at);
      case 1:
        return line.slice(0, at) + line.slice(at + below(20));
      case 2:
        return line.slice(at) + line.slice(0, at);
      default:
        return line.slice(0, at) + String.fromCharCode(32 + below(300)) + line.slice(at + 1);
    }
  };
  return Array.from({ length: count }, (_, index) => {
    let line = SAMPLES[index % SAMPLES.length] ?? '';
    for (let times = 1 + below(3); times > 0; times -= 1) line = mutate(line);
    // A blank line is no item.
    return `${index} ${line.replaceAll('\n', ' ')}`;
  }).join('\n');
}
