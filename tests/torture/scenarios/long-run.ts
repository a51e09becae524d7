import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, type MemoryMb, memoryPartsOf } from '../processes.ts';
import { drained } from '../read-stored.ts';
import { Patient, type Scenario } from '../scenario.ts';

const MINUTES = 30;
const MINUTES_SHORT = 2;
/** Offered for a while to see how much is stored; the run then offers a part of that. */
const FULL_PER_SECOND = 40_000;
const PROBE_MS = 30_000;
const PART = 0.6;
const LOOK_EVERY_MS = 10_000;
/** Memory that grows faster than this in the second half of half an hour is a leak. */
const SLOPE_MB_PER_HOUR_MAX = 300;
/**
 * Files that a home may get: two folders of checkpoints, a file a day, archive segments, one a barrier, and two files for
 * each 64 MiB of the bus, which go after two hours.
 */
const FILES_PER_MINUTE_MAX = 60;

/** Whose memory must be flat; of their parts it is only printed. */
const JUDGED = new Set(['data', 'control']);

interface Look {
  readonly minute: number;
  /** MB by process, and by part of a process. */
  readonly memory: Readonly<Record<string, number>>;
  readonly files: number;
  readonly bytes: number;
  readonly waiting: number;
}

/** Half an hour at 60 % of what the machine takes: memory is flat, files are few, nothing falls behind. */
export const longRun: Scenario = {
  name: 'long-run',
  async run({ short, minutes = short ? MINUTES_SHORT : MINUTES }) {
    const patient = await Patient.admit();
    await patient.load(FULL_PER_SECOND);
    await patient.flows();
    const before = patient.ledger.acknowledgedEvents;
    await sleep(PROBE_MS);
    const taken = patient.ledger.acknowledgedEvents - before;
    // More is taken than is stored: what waits on the bus is not what the machine can do.
    const { waiting } = await look(patient, 0);
    const capacity = ((taken - waiting) / PROBE_MS) * 1000;
    await patient.unload();
    await drained(patient.analyst);
    await patient.load(capacity * PART);
    const looks: Look[] = [];
    const began = performance.now();
    const minute = (): number => (performance.now() - began) / 60_000;
    while (minute() < minutes) {
      await sleep(LOOK_EVERY_MS);
      looks.push(await look(patient, minute()));
    }
    const half = looks.slice(Math.floor(looks.length / 2));
    const last = looks.at(-1);
    const names = Object.keys(last?.memory ?? {});
    const slopes = Object.fromEntries(names.map((name) => [name, slopePerHour(half, name)]));
    const faults = Object.entries(slopes)
      .filter(([name, slope]) => JUDGED.has(name) && slope > SLOPE_MB_PER_HOUR_MAX)
      .filter(() => minutes >= MINUTES)
      .map(([name, slope]) => `memory of ${name} grows by ${slope} MB an hour`);
    const files = (last?.files ?? 0) - (looks[0]?.files ?? 0);
    if (files > FILES_PER_MINUTE_MAX * minutes) faults.push(`${files} more files`);
    if ((last?.waiting ?? 0) > capacity * 30)
      faults.push(`${last?.waiting} events wait at the end: storing falls behind`);
    Object.assign(patient.figures, {
      minutes,
      capacity_per_second: Math.round(capacity),
      memory_mb_per_hour: slopes,
      memory_mb: last?.memory,
      memory_mb_most: Object.fromEntries(
        names.map((name) => [name, Math.max(...looks.map(({ memory }) => memory[name] ?? 0))]),
      ),
      files: { first: looks[0]?.files, last: last?.files },
      disk_mb: { first: mb(looks[0]?.bytes ?? 0), last: mb(last?.bytes ?? 0) },
      waiting_most: Math.max(...looks.map(({ waiting }) => waiting)),
    });
    const report = await patient.judge(this.name);
    if (faults.length === 0) return report;
    return { ...report, result: 'failed', faults: [...report.faults, ...faults] };
  },
};

async function look({ product, analyst, home }: Patient, minute: number): Promise<Look> {
  const { queues } = (await analyst.get('/queue/health')).body;
  const raw = queues.filter(({ topic }: { topic: string }) => topic === 'raw.events');
  const waiting = raw.reduce((sum: number, { events }: { events: number }) => sum + events, 0);
  const memory: Record<string, number> = {};
  for (const { name, pid } of await product.parts())
    for (const [part, value] of Object.entries(memoryOf(pid))) {
      memory[name] = (memory[name] ?? 0) + value;
      memory[`${name}/${part}`] = value;
    }
  return { minute, memory, ...(await sizeOf(home)), waiting };
}

/** A part with what it started: PostgreSQL is many processes. */
function memoryOf(pid: number | undefined): MemoryMb {
  const sum = { own: 0, bus_files: 0, other_files: 0 };
  for (const member of pid === undefined ? [] : familyOf(pid)) {
    const { own, bus_files, other_files } = memoryPartsOf(member.pid);
    sum.own += own;
    sum.bus_files += bus_files;
    sum.other_files += other_files;
  }
  return sum;
}

/** Files of the home's data, and their bytes. */
async function sizeOf(home: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(join(home, 'data'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      // It may be gone by now; a sparse file counts what it takes.
      const found = await stat(join(parentPath, name)).catch(() => undefined);
      return (found?.blocks ?? 0) * 512;
    }),
  );
  return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Least squares, in MB an hour. */
function slopePerHour(looks: readonly Look[], name: string): number {
  const inMb = ({ memory }: Look): number => memory[name] ?? 0;
  const mean = (of: (one: Look) => number): number =>
    looks.reduce((sum, one) => sum + of(one), 0) / Math.max(1, looks.length);
  const [atMean, meanOf] = [mean(({ minute }) => minute), mean(inMb)];
  const up = looks.reduce((sum, one) => sum + (one.minute - atMean) * (inMb(one) - meanOf), 0);
  const across = looks.reduce((sum, one) => sum + (one.minute - atMean) ** 2, 0);
  return across === 0 ? 0 : Math.round((up / across) * 60);
}

function mb(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
