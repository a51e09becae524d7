import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { demoEvents } from '../demo/demo-events.ts';
import { textEvents } from '../scan/scan-event.ts';
import { explainEvent, explanationText } from './explain-event.ts';
import { lintReport, lintText, readContent } from './lint-rules.ts';
import { logsourceTables, logsourceText } from './logsource-tables.ts';
import { testRules, testText } from './test-rules.ts';
import { alertsOn } from './try-rules.ts';

const CONTENT = ['sigma', 'sigma-offline'].map((folder) =>
  join(import.meta.dirname, '../../../content', folder),
);
const folder = mkdtempSync(join(tmpdir(), 'tocsin-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const rule = (detection: string, more = '') =>
  `title: T\nlogsource: {product: linux, service: sshd}\ndetection: {sel: ${detection}, condition: sel}\n${more}`;
const LINE = 'Nov 20 10:00:00 web sshd[1]: Failed password for root from 203.0.113.9 port 4 ssh2';

describe('the rules of content/sigma and content/sigma-offline', () => {
  it('all load, at least sixty files of them', async () => {
    const report = lintReport(await readContent(CONTENT, undefined));
    expect(report).toMatchObject({ inactive: [], refused: [] });
    expect(report.loaded).toBe(report.documents);
  });

  it('alert on the samples they should and on none they should not; none is without samples', async () => {
    const report = await testRules(CONTENT);
    expect(report.failures).toEqual([]);
    expect(report.untested).toEqual([]);
    expect(report.files).toBeGreaterThanOrEqual(60);
    expect(report.samples).toBeGreaterThanOrEqual(2 * report.files);
  });

  it('have an id and a level each, once', async () => {
    const { rules, correlations } = await readContent(CONTENT, undefined);
    const all = [...rules, ...correlations];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.filter(({ level, id }) => level === undefined || id === '')).toEqual([]);
  });

  it('find every step of the attack in the sample of the demo, and nothing in the day around it', async () => {
    const content = await readContent(CONTENT, undefined);
    const now = Date.parse('2026-11-20T20:00:00Z');
    const events = [...demoEvents({ now })].flatMap(({ raw }) => textEvents(raw, now));
    expect([...alertsOn(content, events)].sort()).toEqual([
      'A root shell by sudo',
      'A service runs a shell or a program from a folder of users',
      'A system tool connects to the internet',
      'An account joins a group with power',
      'An event log was cleared',
      'Many TXT queries of one machine',
      'Many failed SSH passwords from one address',
      'Much data leaves for one address',
      'One address knocks at many machines',
      'One address tries many accounts over SSH',
      'PowerShell with an encoded command',
      'SSH login after many failures from the same address',
      'The memory of LSASS is read',
    ]);
  });
});

describe('the guide to adding a rule', () => {
  const guide = readFileSync(
    join(import.meta.dirname, '../../../docs/guides/add-a-rule.md'),
    'utf8',
  );
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(guide)?.[1] ?? '';

  it('has a rule that alerts on its samples', async () => {
    const path = put('guide.yml', block('yaml'));
    put('guide.samples.json', block('json'));
    expect(await testRules([path])).toMatchObject({ files: 1, samples: 2, failures: [] });
  });

  it('gives an exception to a rule that ships and may have one', async () => {
    const { rules } = await readContent(CONTENT, undefined);
    const id = /-X PATCH \$API\/v1\/rules\/([0-9a-f-]{36})/.exec(guide)?.[1];
    expect(rules.map((rule) => rule.id)).toContain(id);
  });
});

describe('tocsin rules lint', () => {
  it('says of each document what became of it', async () => {
    const path = put(
      'a.yml',
      `${rule('{a: b}')}---\n${rule('{a|odd: b}')}---\n${rule("{a|expand: '%l%'}")}`,
    );
    const report = lintReport(await readContent([path], undefined));
    expect(Object.keys(report)).toEqual(['documents', 'loaded', 'inactive', 'refused']);
    expect(report).toMatchObject({
      documents: 3,
      loaded: 1,
      inactive: [{ file: path, line: 9, placeholders: ['l'] }],
      refused: [{ file: path, line: 7, column: 19, code: 'unknown_modifier' }],
    });
    expect(lintText(report)).toContain('3 documents: 1 loaded, 1 inactive, 1 refused');
  });

  it('loads with lists what waits for them', async () => {
    const path = put('b.yml', rule("{a|expand: '%l%'}"));
    const lists = put('lists.json', '{"l": ["x", 1]}');
    expect(lintReport(await readContent([path], lists))).toMatchObject({ loaded: 1, inactive: [] });
    await expect(readContent([path], put('bad.json', '[1'))).rejects.toThrow();
    await expect(readContent([path], put('worse.json', '{"l": {}}'))).rejects.toThrow();
  });

  it('refuses a path without rules', async () => {
    await expect(readContent([put('c.txt', '')], undefined)).resolves.toMatchObject({ rules: [] });
    await expect(readContent([join(folder, 'absent')], undefined)).rejects.toThrow();
  });
});

describe('tocsin rules test', () => {
  it('names samples that do not do what they should, and files without any', async () => {
    const path = put('d.yml', rule("['Failed password']"));
    expect(await testRules([path])).toMatchObject({ untested: [path], samples: 0 });
    const wrong = { match: [LINE, 'something else'], no_match: [LINE, [LINE, '{"a": 1}']] };
    put('d.samples.json', JSON.stringify(wrong));
    const report = await testRules([path]);
    expect(report.failures.map(({ expected, sample }) => [expected, sample])).toEqual([
      ['match', 1],
      ['no_match', 0],
      ['no_match', 1],
    ]);
    expect(testText(report)).toContain('4 samples of 1 files: 3 failures');
  });

  it('takes an event with the logsource it is for', async () => {
    const path = put(
      'e.yml',
      'title: E\nlogsource: {category: proxy}\ndetection: {sel: {a: b}, condition: sel}\n',
    );
    const event = { a: 'b' };
    put(
      'e.samples.json',
      JSON.stringify({ match: [{ logsource: { category: 'proxy' }, event }], no_match: [event] }),
    );
    expect((await testRules([path])).failures).toEqual([]);
  });

  it('refuses samples of another form', async () => {
    const path = put('f.yml', rule('{a: b}'));
    put('f.samples.json', '{"positive": []}');
    await expect(testRules([path])).rejects.toThrow();
  });
});

describe('tocsin rules explain', () => {
  it('says why a rule fires on a record, and why not', async () => {
    const path = put('g.yml', rule('{user: root, src_ip|cidr: 203.0.113.0/24, absent: x}'));
    const log = put('g.log', `${LINE.replace('root', 'ann')}\n${LINE}\n`);
    const [explained] = await explainEvent(path, log, 1, 0);
    expect(explained).toMatchObject({ fires: false, logsource: { applies: true } });
    const text = explanationText(explained === undefined ? [] : [explained]);
    expect(text).toContain('T: does not fire');
    expect(text).toContain('missing: `absent`');
    expect(text).toContain('user: "root": matches "root" (line 3, column');
    await expect(explainEvent(path, log, 2, 0)).rejects.toThrow();
  });

  it('says when the event is of another log', async () => {
    const path = put('h.yml', rule('{a: b}'));
    const [explained] = await explainEvent(path, put('h.ndjson', '{"a":"b"}\n'), 0, 0);
    expect(explained).toMatchObject({
      fires: false,
      condition: { holds: true },
      logsource: { applies: false },
    });
  });
});

describe('tocsin rules logsources', () => {
  it('prints channels, event ids and tables', () => {
    const text = logsourceText(logsourceTables());
    expect(text).toContain('windows/process_creation/sysmon  <-  Sysmon 1\n');
    expect(text).toContain('windows/-/security  <-  Channel security');
    expect(text).toContain('Image=NewProcessName');
  });
});
