import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { normalizeLine } from '@tocsin/sources/normalize-line.ts';
import { describe, expect, it } from 'vitest';
import { matchFrame } from '../match-frame.ts';
import { RuleRegistry } from '../rule-registry.ts';
import { SigmaRules } from './sigma-rules.ts';

const TEXT = `title: Failed password for root!
id: 11111111-1111-4111-8111-111111111111
logsource: {product: linux, service: sshd}
detection: {words: ['failed password for root'], condition: words}
level: high
tags: [attack.t1110]
---
title: Any shell
name: shell
logsource: {category: process_creation}
detection: {sel: {Image|endswith: '\\cmd.exe'}, condition: sel}
level: informational
---
title: Counted
name: counted
logsource: {product: linux, service: sshd}
detection: {sel: {user: root}, condition: sel}
---
title: Count
correlation: {type: event_count, rules: counted, timespan: 1m, condition: {gte: 5}}
`;
const NOW = Date.parse('2026-11-20T12:00:00Z');
const SSHD = 'Nov 20 10:00:00 web sshd[1]: Failed password for root from 203.0.113.9 port 4 ssh2';
const event = (line: string) => normalizeLine(line, '', '', NOW);

function rules(): SigmaRules {
  const sigma = new SigmaRules(new Set(['linux-auth']));
  sigma.use(loadSigma([{ name: 'r.yml', text: TEXT }]));
  return sigma;
}

describe('SigmaRules', () => {
  it('finds keywords in the message of a line, and says which rules open alerts', () => {
    const found = rules().of('acme').match(event(SSHD))?.marks ?? [];
    expect(found.map(({ ruleId, alerting }) => [ruleId, alerting?.document.severity])).toEqual([
      ['11111111-1111-4111-8111-111111111111', 7],
      ['counted', undefined],
    ]);
    expect(found[0]?.alerting?.document).toMatchObject({
      name: 'failed_password_for_root',
      category: 'auth',
      tags: ['attack.t1110'],
    });
  });

  it('knows whole numbers beyond 2^53 as they are written', () => {
    const sigma = new SigmaRules();
    const text = `title: Long\nname: long\nlogsource: {product: zeek}\ndetection: {sel: {n: 9007199254740993}, condition: sel}\n`;
    sigma.use(loadSigma([{ name: 'r.yml', text }]));
    const found = ['993', '992'].map((end) => {
      const line = `{"_path":"conn","uid":"C1","ts":1.5,"n":9007199254740${end}}`;
      return sigma.of('acme').match(event(line))?.marks.length ?? 0;
    });
    expect(found).toEqual([1, 0]);
  });

  it('reads an event of many rules from its text, and matches the same', () => {
    const sigma = new SigmaRules();
    const many = Array.from(
      { length: 80 },
      (_, n) =>
        `title: ${n}\nname: r${n}\nlogsource: {product: zeek}\ndetection: {sel: {host|contains: 'v${n}'}, condition: sel}\n`,
    );
    sigma.use(loadSigma([{ name: 'r.yml', text: many.join('---\n') }]));
    const zeek = event('{"_path":"http","uid":"C1","ts":1.5,"host":"a v7.example","uri":"/é"}');
    expect(sigma.record(zeek).json).toBe(zeek.attributesJson);
    const found = sigma
      .of('acme')
      .match(zeek)
      ?.marks.map(({ ruleId }) => ruleId);
    expect(found).toEqual(['r7']);
  });

  it('knows events of Security 4688 under the names of Sysmon', () => {
    const line = JSON.stringify({
      EventID: 4688,
      Channel: 'Security',
      NewProcessName: 'C:\\cmd.exe',
    });
    expect(rules().of('acme').match(event(line))?.marks).toMatchObject([
      { ruleId: 'shell', alerting: undefined },
    ]);
  });

  it('goes on with the former rules while others are built, and then has those', async () => {
    const sigma = rules();
    const found = () =>
      sigma
        .of('acme')
        .match(event(SSHD))
        ?.marks.map(({ ruleId }) => ruleId);
    const before = found();
    const seen: unknown[] = [];
    const renamed = loadSigma([{ name: 'r.yml', text: TEXT.replace('4111-8111', '4111-8112') }]);
    const taken = await sigma.change(renamed, async () => {
      await Promise.resolve();
      seen.push(found());
    });
    expect(taken).toBe(true);
    expect(seen.length).toBeGreaterThan(10);
    for (const each of seen) expect(each).toEqual(before);
    expect(found()).toEqual(['11111111-1111-4111-8112-111111111111', 'counted']);
  });

  it('has the newest rules when a second change comes while the first is built', async () => {
    const sigma = rules();
    const content = (name: string) =>
      loadSigma([{ name: 'r.yml', text: TEXT.replaceAll('counted', name) }]);
    const first = sigma.change(content('older'), () => Promise.resolve());
    const second = sigma.change(content('newer'), () => Promise.resolve());
    expect(await Promise.all([first, second])).toEqual([false, true]);
    expect(
      sigma
        .of('acme')
        .match(event(SSHD))
        ?.marks.map(({ ruleId }) => ruleId),
    ).toContain('newer');
  });

  it('keeps the former rules when the building of others breaks', async () => {
    const sigma = rules();
    const former = sigma.base;
    const broken = async () => {
      throw new RangeError('broken');
    };
    await expect(sigma.change(loadSigma([]), broken)).rejects.toThrow('broken');
    expect(sigma.base).toBe(former);
  });

  it('matches nothing before rules are there, and nothing of another log', () => {
    expect(new SigmaRules().of('acme').match(event(SSHD))).toBeUndefined();
    expect(rules().of('acme').match(event('{"user":"root"}'))).toBeUndefined();
  });

  it('swaps the set whole', () => {
    const sigma = rules();
    const before = sigma.of('acme');
    sigma.use({ rules: [], silent: new Set(), correlations: [] });
    expect(sigma.of('acme')).not.toBe(before);
    expect(sigma.of('acme').match(event(SSHD))).toBeUndefined();
    expect(sigma.size).toBe(0);
  });
});

describe('matchFrame with Sigma rules', () => {
  it('stores every match with the event and counts those that open alerts', () => {
    const frame = matchFrame(
      new RuleRegistry([]),
      [event(SSHD), event('hello')],
      NOW,
      rules().of('acme'),
    );
    expect(frame.matches).toEqual([['11111111-1111-4111-8111-111111111111', 'counted'], undefined]);
    expect(frame.rules.map(({ document }) => document.title)).toEqual([
      'Failed password for root!',
    ]);
  });
});
