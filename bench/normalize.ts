/**
 * CPU of normalising `mixed.jsonl.gz` beside JSON.parse of the same lines, in all and per source.
 * Run `node bench/normalize.ts [rounds]`; the corpus is found by TOCSIN_CORPUS. Ratios count: microseconds swing
 * with the machine.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { normalizeFrame } from '@tocsin/normalize-service/domain/normalize-frame.ts';

const FRAME_BYTES = 512 * 1024;
const ROUNDS_DEFAULT = 3;
/** Sources of fewer lines are too short to time. */
const LINES_MIN = 1000;
const OPEN_BRACE = 123;

const TENANT = parseTenantId('bench-tenant');
const FRAME_ID = '018f3c1e-0000-7000-8000-000000000001';
const RECEIVED_AT = Date.UTC(2026, 0, 1);

/** The same lines twice: as text for the calibrator, as frames for the stage. */
interface Portion {
  readonly lines: string[];
  readonly frames: Buffer[];
}

function portionOf(lines: string[]): Portion {
  const frames: Buffer[] = [];
  let pending: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    if (bytes + line.length > FRAME_BYTES) {
      frames.push(Buffer.from(pending.join('\n')));
      pending = [];
      bytes = 0;
    }
    pending.push(line);
    bytes += line.length + 1;
  }
  frames.push(Buffer.from(pending.join('\n')));
  return { lines, frames };
}

/** The least CPU of all rounds, microseconds per event. */
function cost(run: (portion: Portion) => void, portion: Portion): number {
  const start = process.cpuUsage();
  run(portion);
  const used = process.cpuUsage(start);
  return (used.user + used.system) / portion.lines.length;
}

function parseWrappers(portion: Portion): void {
  for (const line of portion.lines) JSON.parse(line);
}

/** What cannot be avoided: the wrapper, and the line in it where that is JSON. */
function parseBoth(portion: Portion): void {
  for (const line of portion.lines) {
    const raw: string = JSON.parse(line).raw;
    if (raw.charCodeAt(0) === OPEN_BRACE) JSON.parse(raw);
  }
}

function normalizeAll(portion: Portion): void {
  for (const body of portion.frames) {
    normalizeFrame({
      id: FRAME_ID,
      tenantId: TENANT,
      contentType: 'application/x-tocsin-wrapped',
      sourceHint: '',
      receivedAt: RECEIVED_AT,
      body,
    });
  }
}

/** Measures in alternating rounds, so that a noisy neighbour hits all three. */
function report(name: string, lines: string[], rounds: number): void {
  const portion = portionOf(lines);
  const least = [Infinity, Infinity, Infinity];
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, run] of [parseWrappers, parseBoth, normalizeAll].entries()) {
      least[index] = Math.min(least[index] ?? Infinity, cost(run, portion));
    }
  }
  const [wrapper = 0, both = 0, normalize = 0] = least;
  const cells = [
    name.padEnd(20),
    String(lines.length).padStart(8),
    ...[wrapper, both, normalize].map((us) => us.toFixed(2).padStart(8)),
    (normalize / both).toFixed(2).padStart(9),
    ((normalize - both) / (both - wrapper)).toFixed(2).padStart(12),
  ];
  console.log(cells.join(' '));
}

function readCorpus(): string[] {
  const corpus = process.env.TOCSIN_CORPUS ?? join(import.meta.dirname, '../../shared/corpus');
  const body = gunzipSync(readFileSync(join(corpus, 'bench/mixed.jsonl.gz')));
  const lines: string[] = [];
  for (let from = 0; from < body.length; ) {
    const newline = body.indexOf(10, from);
    const end = newline < 0 ? body.length : newline;
    lines.push(body.toString('utf8', from, end));
    from = end + 1;
  }
  return lines;
}

const rounds = Number(process.argv[2] ?? ROUNDS_DEFAULT);
const lines = readCorpus();
console.log(
  'CPU in us per event; ratio = normalise / parse both; over = beyond parsing / parse of the line',
);
console.log('source                  lines  wrapper     both     norm     ratio         over');
report('all', lines, rounds);
const bySource = Map.groupBy(lines, (line) => String(JSON.parse(line).source));
for (const [source, own] of bySource) {
  if (own.length >= LINES_MIN) report(source, own, rounds);
}
