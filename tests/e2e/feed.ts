import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { authLine } from '../../apps/tocsin/demo/demo-line.ts';
import { ROOT } from './harness.ts';

/** The file of mixed real logs: `TOCSIN_CORPUS`, else beside the repository; `undefined` when there is none. */
export function corpusFile(): string | undefined {
  const corpus = process.env['TOCSIN_CORPUS'] ?? join(ROOT, '../shared/corpus');
  const file = join(corpus, 'bench/mixed.jsonl.gz');
  return existsSync(file) ? file : undefined;
}

/** Wrapped lines without end: those of the corpus again and again where it is there, else made up ones. */
export async function* wrappedLines(): AsyncGenerator<string> {
  const file = corpusFile();
  for (let round = 0; ; round += 1) {
    if (file === undefined) yield* madeUp(round);
    else yield* createInterface({ input: createReadStream(file).pipe(createGunzip()) });
  }
}

function* madeUp(round: number): Generator<string> {
  for (let index = 0; index < 1_000; index += 1) {
    const number = round * 1_000 + index;
    yield JSON.stringify({
      raw: JSON.stringify({ service: 'shop', number, padding: 'x'.repeat(number % 700) }),
      host: `app-${number % 7}`,
    });
  }
}

/** One failed login of a victim, as its server's sshd writes it. Each victim has an address and a host of its own. */
export function failedLogin(victim: number, at: number): string {
  const address = `198.51.${Math.floor(victim / 250)}.${victim % 250}`;
  const message = `Failed password for victim-${victim} from ${address} port 40000 ssh2`;
  const { raw, source } = authLine(at, `srv-${victim}`, 'sshd[4711]', message);
  return JSON.stringify({ raw, source, host: `srv-${victim}` });
}
