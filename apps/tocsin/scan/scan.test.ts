import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { buildFile, ChunkBuilder } from '@tocsin/evtx/testing/build-evtx.ts';
import { plainRecord, sampleLog } from '@tocsin/evtx/testing/sample-log.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTerminal } from '../cli/terminal.ts';
import type { ScanOptions } from '../commands/scan.ts';
import { runScan } from './run-scan.ts';

const folder = mkdtempSync(join(tmpdir(), 'tocsin scan '));
const before = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in a process of its own: what it makes of its arguments and of standard input. */
function command(args: readonly string[], input = ''): Promise<Ended> {
  const main = join(import.meta.dirname, '..', 'main.ts');
  return new Promise((done) => {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(
      process.execPath,
      [main, 'scan', ...args],
      options,
      (error, stdout, stderr) => done({ status: error?.code ?? 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

/** The same in this process, with paths from the folder. */
async function scan(
  rules: readonly string[],
  files: readonly string[],
  options: Partial<ScanOptions> = { json: true },
  signal = new AbortController().signal,
): Promise<Ended> {
  const out = new PassThrough({ highWaterMark: 64 * 1024 * 1024 });
  let stderr = '';
  const terminal = {
    ...openTerminal(options.json === true),
    note(line: string) {
      stderr += `${line}\n`;
    },
    progress: () => undefined,
  };
  const status = await runScan(files, { rules, ...options }, { out, terminal, signal });
  out.end();
  const stdout = Buffer.concat(await out.toArray()).toString('utf8');
  return { status, stdout, stderr };
}

function matches({ stdout }: Ended): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function put(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

function rule(id: number, title: string, logsource: string, detection: string): string {
  const head = `title: ${title}\nid: 00000000-0000-4000-8000-00000000000${id}\nlevel: high\n`;
  return `${head}logsource: ${logsource}\ndetection:\n  sel: ${detection}\n  condition: sel\n`;
}

mkdirSync(join(folder, 'rules'));
put(
  'rules/evil.yml',
  rule(1, 'Evil', '{product: windows, service: security}', "{CommandLine|contains: 'evil'}"),
);
put(
  'rules/sshd.yml',
  rule(2, 'Root', '{product: linux, service: sshd}', "['Failed password for root']"),
);
put('rules/any.yml', rule(3, 'Bare', '{category: nonsense}', "{mark: 'yes'}"));
put(
  'rules/trail.yml',
  rule(4, 'Trail', '{product: aws, service: cloudtrail}', "{eventName: 'StopLogging'}"),
);
put('rules/LICENSE', 'none');

const EVIL = { EventID: 4688, Channel: 'Security', CommandLine: 'very evil', Computer: 'pc' };
const NESTED = {
  Event: {
    System: {
      EventID: 4688,
      Channel: 'Security',
      TimeCreated: { '#attributes': { SystemTime: '2026-01-02T03:04:05.1234567Z' } },
    },
    EventData: { CommandLine: 'EVIL' },
  },
};
const SSHD = 'Jan  2 03:04:05 web sshd[1]: Failed password for root from 192.0.2.1 port 4 ssh2';

function evtx(): Buffer {
  const builder = new ChunkBuilder();
  for (const [index, text] of ['good', 'evil one', 'fine', 'Evil two'].entries()) {
    builder.record(plainRecord(index + 1, text));
  }
  return buildFile([builder.finish()]);
}

describe('tocsin scan', () => {
  it('finds records of an event log and says why, one line of JSON a match', async () => {
    const ended = await scan(['rules'], [put('a.evtx', evtx())]);
    expect(ended).toMatchObject({ status: 1, stderr: '' });
    const common = {
      rule_id: '00000000-0000-4000-8000-000000000001',
      title: 'Evil',
      level: 'high',
      file: 'a.evtx',
      time: '2026-01-02T12:17:01.153Z',
    };
    expect(matches(ended)).toEqual([
      { ...common, index: 1, fields: { CommandLine: 'evil one' } },
      { ...common, index: 3, fields: { CommandLine: 'Evil two' } },
    ]);
  });

  it.each([
    ['NDJSON', 'b.ndjson', `{"x":1}\n\n${JSON.stringify(EVIL)}\n`, [1]],
    ['a JSON array', 'b.json', JSON.stringify([{ x: 1 }, EVIL, EVIL], null, 2), [1, 2]],
    ['objects one after another', 'c.json', JSON.stringify(NESTED, null, 1).repeat(2), [0, 1]],
    ['an object alone', 'd.json', JSON.stringify(NESTED), [0]],
    ['lines of a device', 'auth.log', `nothing\n${SSHD}\n`, [1]],
    ['UTF-16 text', 'e.json', Buffer.from(`\ufeff${JSON.stringify(EVIL)}\r\n`, 'utf16le'), [0]],
    ['gzip', 'f.gz', gzipSync(`{"x":1}\n${JSON.stringify(EVIL)}`), [1]],
    ['a packed event log', 'g.evtx.gz', gzipSync(evtx()), [1, 3]],
    [
      'a delivery of CloudTrail',
      'trail.json',
      JSON.stringify({
        Records: ['A', 'StopLogging'].map((eventName) => ({
          eventVersion: '1.08',
          eventSource: 'cloudtrail.amazonaws.com',
          eventName,
          eventTime: '2026-01-02T03:04:05Z',
          awsRegion: 'eu-west-1',
        })),
      }),
      [1],
    ],
  ])('reads %s', async (_, name, content, indexes) => {
    const ended = await scan(['rules'], [put(name, content)]);
    expect(ended.stderr).toBe('');
    expect(matches(ended).map(({ index }) => index)).toEqual(indexes);
    expect(ended.status).toBe(1);
  });

  it('knows whole numbers beyond 2^53 as they are written, in each form of JSON', async () => {
    const number = '9007199254740993';
    put('long.yml', rule(9, 'Long', '{product: windows}', `{n: ${number}}`));
    put('long-trail.yml', rule(6, 'LongTrail', '{product: aws}', `{n: ${number}}`));
    const flat = `{"EventID":4688,"Channel":"Security","n":${number}}`;
    const nested = `{"Event":{"System":{"EventID":4688,"Channel":"Security"},"EventData":{"n":${number}}}}`;
    const trail = `{"eventSource":"s3.amazonaws.com","eventName":"x","eventVersion":"1","n":${number}}`;
    const files = [
      put('long.ndjson', `${flat}\n${flat.replace('993}', '992}')}\n${nested}\n`),
      put('long.json', `{"Records":[${trail},${trail.replace('993}', '992}')}]}`),
    ];
    const found = matches(await scan(['long.yml', 'long-trail.yml'], files));
    expect(found.map(({ title, index, fields }) => [title, index, fields])).toEqual([
      ['Long', 0, { n: number }],
      ['Long', 2, { n: number }],
      ['LongTrail', 0, { n: number }],
    ]);
  });

  it('reads standard input, packed or not', async () => {
    const ended = await command(['--rules', 'rules', '--json', '-'], `${SSHD}\n`);
    expect(matches(ended)).toMatchObject([{ file: '-', index: 0, title: 'Root' }]);
  });

  it('goes through folders and passes over rules, papers and binaries', async () => {
    mkdirSync(join(folder, 'logs', 'deep'), { recursive: true });
    put('logs/deep/a.evtx', evtx());
    put('logs/info.yml', 'x: evil');
    put('logs/README.md', 'evil');
    put('logs/info.samples.json', '{"match":["evil"]}');
    put('logs/program.exe', Buffer.from([0x4d, 0x5a, 0, 1]));
    const ended = await scan(['rules'], ['logs'], { json: true, stats: true });
    expect(matches(ended).map(({ file }) => file)).toEqual(Array(2).fill('logs/deep/a.evtx'));
    const [binary, stats] = ended.stderr.trim().split('\n');
    expect(binary).toMatch(/^logs\/program\.exe: is neither text/);
    expect(JSON.parse(stats ?? '')).toMatchObject({
      files: 2,
      events: 4,
      faults: 1,
      matches: 2,
      rules_matched: 1,
      costliest_rules: expect.arrayContaining([expect.objectContaining({ title: 'Evil' })]),
      rules: { documents: 4, loaded: 4, refused: 0, inactive: 0, retired: 0, correlations: 0 },
    });
  });

  it('takes rules that follow one another behind --rules', async () => {
    const ended = await scan(['rules/any.yml'], ['rules/evil.yml', put('h.evtx', evtx())]);
    expect(matches(ended)).toHaveLength(2);
  });

  it('shows people a table with the deciding fields, and a summary', async () => {
    const { stdout, stderr } = await scan(['rules'], [put('i.evtx', evtx())], {});
    expect(stdout).toMatch(/^LEVEL +TIME +RULE +FILE +RECORD +BECAUSE\n/);
    expect(stdout).toMatch(/high +2026-01-02T12:17:01Z +Evil +i\.evtx +1 +CommandLine=evil one\n/);
    expect(stderr).toBe('4 events in 1 files: 2 matches of 1 rules (high 2)\n');
  });

  it('ends with 0 when nothing is found', async () => {
    const ended = await scan(['rules'], [put('j.log', 'all is well\n')]);
    expect(ended).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('gives no time to a record that states none', async () => {
    const line = '%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:no evil';
    put('cisco.yml', rule(8, 'Command', '{product: cisco, service: aaa}', "['no evil']"));
    const ended = await scan(['cisco.yml'], [put('cisco.log', line)]);
    expect(matches(ended)).toMatchObject([{ title: 'Command', time: null }]);
  });

  it('tries a rule of another logsource only when told to', async () => {
    const file = put('k.ndjson', '{"mark":"YES"}\n');
    expect((await scan(['rules'], [file], {})).status).toBe(0);
    expect((await scan(['rules'], [file], { anyLogsource: true })).status).toBe(1);
  });

  it.each([
    [['--rules', 'rules', 'absent.evtx'], /absent\.evtx cannot be read \(ENOENT\)/],
    [['--rules', 'absent', 'rules/LICENSE'], /absent cannot be read \(ENOENT\)/],
    [['--rules', 'rules/LICENSE', 'rules/LICENSE'], /no rule of rules\/LICENSE can run/],
    [['rules/LICENSE'], /required option/],
    [['--rules', 'rules'], /missing required argument/],
  ])('ends %j with 2 and a sentence', async (args, sentence) => {
    const { status, stdout, stderr } = await command(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });

  it('reads on behind a file that cannot be unpacked, and ends with 2', async () => {
    const broken = put('l.gz', gzipSync('x'.repeat(1000)).subarray(0, 20));
    const ended = await scan(['rules'], [broken, put('m.evtx', evtx())]);
    expect(matches(ended)).toHaveLength(2);
    expect(ended.stderr).toContain('l.gz: ');
    expect(ended.status).toBe(2);
  });

  it('names the damage of an event log and reads the rest', async () => {
    const log = sampleLog(2, 3).fill(0xff, 4096, 4104);
    const ended = await scan(['rules'], [put('n.evtx', log)], { json: true, anyLogsource: true });
    expect(ended.stderr).toBe('n.evtx: chunk 0, byte 0: does not begin as a chunk does\n');
  });

  it('ends with 2 when damage left nothing of an event log', async () => {
    const ended = await scan(['rules'], [put('cut.evtx', evtx().subarray(0, 4700))]);
    expect(ended.stderr).toContain('cut.evtx: chunk 0');
    expect(ended.status).toBe(2);
  });

  it('reports what was found until it is stopped, and ends with 130', async () => {
    const files = [put('stop.ndjson', JSON.stringify(EVIL)), put('never.evtx', evtx())];
    const stop = new AbortController();
    const scanning = scan(['rules'], files, {}, stop.signal);
    setImmediate(() => stop.abort());
    const ended = await scanning;
    expect(ended.status).toBe(130);
    expect(ended.stderr).toContain('stopped: 0 of 2 files were scanned to their end');
  });

  it('fills placeholders from lists', async () => {
    mkdirSync(join(folder, 'waiting'));
    put('waiting/list.yml', rule(7, 'List', '{product: windows}', "{CommandLine|expand: '%bad%'}"));
    const lists = put('lists.json', '{"bad":["*evil*"]}');
    const ended = await scan(['waiting'], [put('p.ndjson', JSON.stringify(EVIL))], {
      json: true,
      lists,
    });
    expect(matches(ended).map(({ title }) => title)).toEqual(['List']);
  });

  it('names what does not run: refused, inactive, correlations', async () => {
    mkdirSync(join(folder, 'mixed'));
    put('mixed/good.yml', rule(1, 'Good', '{product: windows}', "{CommandLine|contains: 'evil'}"));
    put('mixed/bad.yml', rule(2, 'Bad', '{product: windows}', "{CommandLine|nonsense: 'evil'}"));
    put('mixed/list.yml', rule(3, 'List', '{product: windows}', "{User|expand: '%admins%'}"));
    put(
      'mixed/chain.yml',
      'title: Chain\ncorrelation:\n  type: event_count\n  rules: [x]\n  timespan: 5m\n  condition: {gte: 2}\n',
    );
    const { stderr, status } = await scan(['mixed'], [put('o.evtx', evtx())], {});
    expect(stderr).toMatch(/refused: mixed\/bad\.yml:\d+:\d+: .*\(unknown_modifier\)/);
    expect(stderr).toMatch(/inactive: mixed\/list\.yml: "List" waits for the lists admins/);
    expect(stderr).toMatch(
      /refused: mixed\/chain\.yml:4:\d+: "x" is no id or name .*\(unknown_rule\)/,
    );
    expect(status).toBe(1);
  });

  it('runs correlations over all files merged by time, and keeps the rules below them silent', async () => {
    const chain = rule(
      5,
      'Burst',
      '{product: linux, service: sshd}',
      "['Failed password']",
    ).replace('title: Burst', 'title: Burst\nname: fail');
    const count =
      'title: Guess\nid: 00000000-0000-4000-8000-000000000006\nlevel: high\ncorrelation:\n  type: event_count\n  rules: [fail]\n  group-by: [hostname]\n  timespan: 1m\n  condition: {gte: 3}\n';
    mkdirSync(join(folder, 'chain'));
    put('chain/all.yml', `${chain}---\n${count.replace('  group-by: [hostname]\n', '')}`);
    const at = (second: number) => SSHD.replace('03:04:05', `03:04:${second}`);
    const files = [put('q.log', `${at(40)}\n${at(10)}\n`), put('r.log', `${at(25)}\n`)];
    const found = matches(await scan(['chain'], files));
    expect(found).toMatchObject([{ title: 'Guess', level: 'high', file: 'q.log', index: 0 }]);
    expect(found[0]?.['fields']).toEqual({
      '(value)': '3',
      '(events)': 'q.log:1 r.log:0 q.log:0',
    });
    const few = await scan(['chain'], [files[0] ?? '']);
    expect(few.status).toBe(0);
  });

  it('maps fields by a pipeline, and refuses one that does more', async () => {
    const map =
      'name: p\ntransformations:\n  - {type: field_name_mapping, mapping: {mark: sign}}\n';
    const pipeline = [put('map.pipeline', map)];
    const file = put('s.ndjson', '{"sign":"YES"}\n');
    const found = await scan(['rules/any.yml'], [file], {
      json: true,
      anyLogsource: true,
      pipeline,
    });
    expect(matches(found)).toMatchObject([{ title: 'Bare', fields: { sign: 'YES' } }]);
    put('map.pipeline', map.replace('field_name_mapping', 'set_state'));
    const refused = await scan(['rules/any.yml'], [file], { json: true, pipeline });
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('"set_state"') });
  });

  it('shows the part of a long value that a rule asked for', async () => {
    const long = `${'a'.repeat(500)} Evil ${'b'.repeat(500)}`;
    const file = put('wide.ndjson', JSON.stringify({ ...EVIL, CommandLine: long }));
    const { stdout } = await scan(['rules'], [file], {});
    expect(stdout).toMatch(/CommandLine=…a+ Evil b+…/);
    const huge = JSON.stringify({ ...EVIL, CommandLine: `${'a'.repeat(9000)}evil` });
    const [found] = matches(await scan(['rules'], [put('huge.ndjson', huge)]));
    expect(found?.['fields']).toEqual({ CommandLine: expect.stringMatching(/^…a+evil$/) });
  });

  it('leaves out retired rules, unless told to try them or there is nothing else', async () => {
    mkdirSync(join(folder, 'retired'));
    const detection = "{CommandLine|contains: 'evil'}";
    const old = rule(5, 'Old', '{product: windows}', detection);
    put('retired/old.yml', `status: deprecated\n${old}`);
    put('retired/new.yml', rule(6, 'New', '{product: windows}', detection));
    const file = put('retired.ndjson', JSON.stringify(EVIL));
    const titles = async (rules: string, options: Partial<ScanOptions> = {}) =>
      matches(await scan([rules], [file], { json: true, ...options })).map(({ title }) => title);
    expect(await titles('retired')).toEqual(['New']);
    expect(await titles('retired', { retired: true })).toEqual(['New', 'Old']);
    expect(await titles('retired/old.yml')).toEqual(['Old']);
    const { stderr } = await scan(['retired'], [file], {});
    expect(stderr).toContain('left out: 1 rules that are deprecated or unsupported (--retired');
  });

  it('shows no escape sequence of a log on the terminal', async () => {
    const file = put('p.ndjson', JSON.stringify({ ...EVIL, CommandLine: 'evil\u001b[2J' }));
    const { stdout } = await scan(['rules'], [file], {});
    expect(stdout).toContain('evil\\x1b[2J');
  });
});

const CORPUS =
  process.env['TOCSIN_CORPUS'] ?? join(import.meta.dirname, '../../../../shared/corpus');
const present = existsSync(join(CORPUS, 'sigma-regression'));

describe.skipIf(!present)(`the logs in ${CORPUS} (not run where they are absent)`, () => {
  it('fire the rules they were recorded for, from the event log and from its JSON', async () => {
    const sets = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'];
    const rules = sets.map((set) => join(CORPUS, 'sigma-rules', set));
    const logs = join(CORPUS, 'sigma-regression', 'regression_data');
    const ended = await scan(rules, [logs]);
    const found = new Map<string, number>();
    for (const { rule_id, file } of matches(ended)) {
      const key = `${rule_id} ${basename(String(file))}`;
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    const manifest: { entries: Entry[] } = JSON.parse(
      readFileSync(join(CORPUS, 'sigma-regression', 'manifest.json'), 'utf8'),
    );
    const wanted = manifest.entries.flatMap(({ rule_id, files, tests }) =>
      files
        .filter((file) => /\.(?:evtx|json|raw)$/.test(file))
        .map((file) => ({
          key: `${rule_id} ${file}`,
          count: Math.max(1, ...tests.map((test) => test.match_count ?? 1)),
        })),
    );
    expect(wanted).toHaveLength(201);
    expect(wanted.filter(({ key, count }) => (found.get(key) ?? 0) < count)).toEqual([]);
    expect(ended.status).toBe(1);
  });
});

interface Entry {
  readonly rule_id: string;
  readonly files: readonly string[];
  readonly tests: readonly { readonly match_count?: number | null }[];
}
