import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CATEGORIES } from '@tocsin/contracts/canonical-event.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { normalizeLine } from './normalize-line.ts';

const CORPUS = process.env.TOCSIN_CORPUS ?? join(import.meta.dirname, '../../shared/corpus');
const FILE = join(CORPUS, 'bench/mixed.jsonl.gz');
const RECEIVED_AT = Date.UTC(2026, 0, 1);
/** Every n-th line is normalised without its hint as well. */
const UNHINTED_EVERY = 17;

/** Hint, parser, status, count: what every line of the file becomes. A count may move to a better parser or status only. */
const EXPECTED = `
apache apache ok 7499
aws_cloudtrail aws-cloudtrail ok 423
aws_cloudtrail aws-cloudtrail partial 1
aws_cloudtrail generic-json ok 7
azure_activity generic-json ok 109
cef cef ok 32
cisco_asa syslog ok 10
cisco_asa text partial 12
crowdstrike generic-json ok 47
entra_id generic-json ok 23
fortinet syslog ok 6
gcp_audit generic-json ok 78
github_audit generic-json ok 89
google_workspace generic-json ok 63
kafka_server_log text partial 10121
kubernetes_audit generic-json ok 130
leef syslog ok 10
linux_auditd generic-json ok 25
linux_auth linux-auth ok 5118
microsoft_365 generic-json ok 20
okta generic-json ok 37
paloalto syslog ok 9
suricata_eve suricata ok 280
windows_event_json windows ok 200000
zeek zeek ok 150231
`;

describe.skipIf(!existsSync(FILE))(
  'the corpus file mixed.jsonl.gz (not run where it is absent)',
  () => {
    const counts = new Map<string, number>();
    let unsound = 0;
    let misled = 0;
    let lines = 0;

    beforeAll(() => {
      for (const item of readItems()) {
        const { source, raw } = JSON.parse(item);
        const event = normalizeLine(raw, source, '', RECEIVED_AT);
        const key = `${source} ${event.sourceIntegration} ${event.parseStatus}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        if (!isSound(event)) unsound += 1;
        if (lines % UNHINTED_EVERY === 0 && !isSame(event, raw)) misled += 1;
        lines += 1;
      }
    });

    it('gives each line the expected parser and status', () => {
      const table = [...counts].map(([key, count]) => `${key} ${count}`).sort();
      expect(table).toEqual(EXPECTED.trim().split('\n'));
    });

    it('gives every event a category and a time', () => {
      expect(lines).toBe(374_380);
      expect(unsound).toBe(0);
    });

    it('gives the same event without the hint', () => {
      expect(misled).toBe(0);
    });
  },
);

function isSound(event: NormalizedEvent): boolean {
  return CATEGORIES.includes(event.category) && event.timestamp > 0 && event.attributesJson !== '';
}

function isSame(event: NormalizedEvent, raw: string): boolean {
  const unhinted = normalizeLine(raw, '', '', RECEIVED_AT);
  return (
    unhinted.sourceIntegration === event.sourceIntegration &&
    unhinted.parseStatus === event.parseStatus &&
    unhinted.timestamp === event.timestamp
  );
}

function* readItems(): Generator<string> {
  const body = gunzipSync(readFileSync(FILE));
  for (let from = 0; from < body.length; ) {
    const newline = body.indexOf(10, from);
    const end = newline < 0 ? body.length : newline;
    if (end > from) yield body.toString('utf8', from, end);
    from = end + 1;
  }
}
