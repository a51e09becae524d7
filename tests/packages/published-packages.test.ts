import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sampleLog } from '@tocsin/evtx/testing/sample-log.ts';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../../scripts/dev/build-package.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NAMES = ['sigma', 'evtx', 'correlation'];
const SLOW = 180_000;

describe('the packages for everyone else', () => {
  const home = mkdtempSync(join(tmpdir(), 'tocsin-packages-'));
  const consumer = join(home, 'consumer');
  const packed = new Map<string, string[]>();
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** Packs a folder; gives the tarball's path. */
  const pack = (folder: string): string => {
    const printed = npm(
      ['pack', '--json', '--ignore-scripts', '--pack-destination', home, folder],
      home,
    );
    const [made] = JSON.parse(printed) as { filename: string; files: { path: string }[] }[];
    packed.set(folder, made?.files.map(({ path }) => path) ?? []);
    return join(home, made?.filename ?? '');
  };

  beforeAll(() => {
    mkdirSync(consumer);
    writeFileSync(
      join(consumer, 'package.json'),
      '{"name":"consumer","private":true,"type":"module"}',
    );
    const tarballs = NAMES.map((name) => {
      buildPackage(join(ROOT, 'libs', name), join(home, name));
      return pack(join(home, name));
    });
    // Their only dependency comes from the packages here: nothing is asked of a registry.
    tarballs.push(pack(join(ROOT, 'node_modules/yaml')));
    npm(
      ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs],
      consumer,
    );
    writeFileSync(join(consumer, 'whoami.yml'), WHOAMI);
    writeFileSync(join(consumer, 'log.evtx'), sampleLog(1, 2));
  }, SLOW);

  it.each(NAMES)('%s holds modules, types, README and licence, and nothing else', (name) => {
    const files = packed.get(join(home, name)) ?? [];
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
    const other = files.filter(
      (path) => !/\.(?:js|d\.ts|md)$|^LICENSE$|^package\.json$/.test(path),
    );
    expect(other).toEqual([]);
    expect(files.filter((path) => /\.test\.|testing\/|tsconfig/.test(path))).toEqual([]);
    for (const path of files.filter((file) => /\.(?:js|d\.ts)$/.test(file))) {
      expect(readFileSync(join(home, name, path), 'utf8')).not.toMatch(
        /from ['"](?:@tocsin|[^'"]+\.ts['"])/,
      );
    }
  });

  it.each([
    ['sigma', ['Whoami', 'yes', '[ 0 ]']],
    ['evtx', ['Channel']],
    ['correlation', ["many-failures 20000 3 { user: 'ann' } [ 'a', 'b', 'c' ]"]],
  ])('the example in the README of %s runs as plain JavaScript', (name, expected) => {
    const [, example = ''] =
      /```js\n(.*?)```/s.exec(readFileSync(join(home, name, 'README.md'), 'utf8')) ?? [];
    writeFileSync(join(consumer, `${name}.js`), example);
    const printed = execFileSync(process.execPath, [`${name}.js`], {
      cwd: consumer,
      encoding: 'utf8',
    });
    for (const part of expected) expect(printed).toContain(part);
  });

  it(
    'their types are found, and are right, where a stranger compiles against them',
    () => {
      const file = join(consumer, 'typed.ts');
      writeFileSync(file, TYPED);
      const program = ts.createProgram([file], {
        module: ts.ModuleKind.NodeNext,
        target: ts.ScriptTarget.ES2024,
        strict: true,
        noEmit: true,
        typeRoots: [join(ROOT, 'node_modules/@types')],
        types: ['node'],
      });
      const faults = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
      expect(faults).toEqual([
        expect.stringContaining("Type 'number' is not assignable to type 'string'"),
      ]);
    },
    SLOW,
  );
});

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const WHOAMI = `title: Whoami
level: low
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image|endswith: '\\\\whoami.exe'}
  condition: selection
`;

/** Its last line is wrong on purpose: types that are not found would be \`any\`, and nothing would be. */
const TYPED = `import { CorrelationEngine } from '@tocsin/correlation/engine/engine.js';
import { readEvtx } from '@tocsin/evtx/read-evtx.js';
import { loadSigma } from '@tocsin/sigma/load-sigma.js';
import { RuleSet } from '@tocsin/sigma/rule-set.js';

const { rules } = loadSigma([{ name: 'a', text: '' }]);
export const set: RuleSet = new RuleSet(rules);
export const engine = new CorrelationEngine([], { latenessMs: 0 });
export const ids = [...readEvtx(new Uint8Array())].flatMap(({ records }) => records.map(({ recordId }) => recordId));
export const wrong: string = rules.length;
`;
