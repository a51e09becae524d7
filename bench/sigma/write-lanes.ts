/**
 * Writes the lanes of the Sigma benchmark as NDJSON, and for warm-up lanes of events that are in no other:
 * `salted` (a), `process` (b), `mixed` (c, as it is), `windows` (the Windows events of a), `hostile` (long values).
 * The whole mix, or every so many of its events; the warm-up has a ninth of the mix, salted otherwise. Prints their
 * sizes. Run `node bench/sigma/write-lanes.ts FOLDER [every [processes]]`; the corpus is found by TOCSIN_CORPUS.
 */
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { hostileEvents } from './hostile-event.ts';
import { eventOf, type LaneEvent, labelled, salted, uniqueProcess } from './lane-event.ts';

const EVERY_DEFAULT = 1;
/** Every so many events of the mix warm up, or as many as are measured when those are fewer. */
const WARM_EVERY = 9;
/** Salts of the warm-up are other than those of the lane. */
const WARM_SALT = 10_000_000;
const PROCESS_COPIES = 60;
const PROCESS_WARM_COPIES = 20;
const PROCESS_EVENTS_MAX = '40000';

const [folder = '', every = String(EVERY_DEFAULT), processesMax = PROCESS_EVENTS_MAX] =
  process.argv.slice(2);
const corpus = process.env['TOCSIN_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus');
mkdirSync(folder, { recursive: true });

class Lane {
  readonly #name: string;
  readonly #file: number;
  #events = 0;
  #bytes = 0;
  #lines: string[] = [];

  constructor(name: string) {
    this.#name = name;
    this.#file = openSync(join(folder, `${name}.ndjson`), 'w');
  }

  add({ line }: LaneEvent): void {
    this.#lines.push(`${line}\n`);
    if (this.#lines.length === 1000) this.#flush();
  }

  #flush(): void {
    this.#events += this.#lines.length;
    this.#bytes += writeSync(this.#file, this.#lines.join(''));
    this.#lines = [];
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
    console.log(`${this.#name}: ${this.#events} events, ${Math.round(this.#bytes / 2 ** 20)} MiB`);
  }
}

const lanes = new Map<string, Lane>();

function write(name: string, event: LaneEvent): void {
  let lane = lanes.get(name);
  if (lane === undefined) {
    lane = new Lane(name);
    lanes.set(name, lane);
  }
  lane.add(event);
}

type Members = ReturnType<typeof eventOf>;

/** An event of the mix goes to its lanes. */
function take(event: Members, number: number): void {
  write('mixed', labelled(event));
  takeSalted(event, number, '');
}

function takeSalted(event: Members, salt: number, warm: '' | '-warm'): void {
  const made = labelled(salted(event, salt));
  write(`salted${warm}`, made);
  if (made.label.startsWith('windows')) write(`windows${warm}`, made);
}

const bytes = gunzipSync(readFileSync(join(corpus, 'bench/mixed.jsonl.gz')));
const processes: Members[] = [];
const stride = Number(every);
const warmStride = Math.max(stride, WARM_EVERY);
const warmPhase = warmStride >> 1;
for (let at = 0, number = 0; at < bytes.length; number += 1) {
  const found = bytes.indexOf(10, at);
  const end = found < 0 ? bytes.length : found;
  const line = bytes.subarray(at, end);
  at = end + 1;
  const taken = number % stride === 0;
  const warms = number % warmStride === warmPhase;
  const mayBeProcess = line.includes('NewProcessName') || line.includes('ParentImage');
  if (!taken && !warms && !mayBeProcess) continue;
  const event = eventOf(JSON.parse(line.toString()).raw.trim());
  if (taken) take(event, number);
  if (warms) takeSalted(event, WARM_SALT + number, '-warm');
  if (labelled(event).label.includes('|process_creation|')) processes.push(event);
}

/** Rounds over all events, so that equal values are far apart. */
function writeProcesses(name: string, copies: number, from: number): void {
  for (let number = 0; number < copies * processes.length; number += 1) {
    if (number === Number(processesMax)) return;
    const event = processes[number % processes.length] as Members;
    write(name, labelled(uniqueProcess(event, from + number)));
  }
}

writeProcesses('process', PROCESS_COPIES, 1_000_000);
writeProcesses('process-warm', PROCESS_WARM_COPIES, 9_000_000);
for (const [name, kibibytes, count] of [
  ['hostile-64k', 64, 60],
  ['hostile-1m', 1024, 12],
] as const) {
  for (const event of hostileEvents(kibibytes * 1024, count)) write(name, labelled(event));
}
for (const lane of lanes.values()) lane.close();
