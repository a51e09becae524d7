import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds of CPU that this process has used. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The flags the supervisor gives the data process. */
export const AS_IN_THE_PRODUCT: readonly string[] = [
  '--max-semi-space-size=32',
  '--single-threaded-gc',
  '--external-memory-accounted-in-global-limit',
  '--heap-growing-percent=60',
];

const TICKS_PER_SECOND = 100;

/** Pids of a process and of everything it started, as long as they live. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const fields = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (fields !== undefined) parents.set(pid, Number(fields[1]));
  }
  const tree = [root];
  for (const pid of tree)
    for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}

/** Microseconds of CPU a process has used, with its ended children. Resolution 10 ms (Linux clock ticks). */
export function cpuOf(pid: number): number {
  const fields = statOf(pid);
  if (fields === undefined) return 0;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return (ticks * 1e6) / TICKS_PER_SECOND;
}

/** What threads of these names do; of several worker threads the first is the pipeline's, the others are DuckDB's. */
const THREADS: Readonly<Record<string, string>> = {
  MainThread: 'main: HTTP, validate, bus',
  WorkerThread: 'pipeline: normalise, detect, columns',
  'libuv-worker': 'pool: commits of the bus, compression, rolls',
  V8Worker: 'collector and compiler',
};

/** CPU microseconds by the kind of thread of a process of ours. Resolution 10 ms. */
export function threadCpuOf(pid: number): Map<string, number> {
  const threads = new Map<string, number>();
  let workers = 0;
  for (const tid of tasksOf(pid)) {
    const fields = statOf(`${pid}/task/${tid}`);
    if (fields === undefined) continue;
    const name = readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').trim();
    if (name === 'WorkerThread') workers += 1;
    const part =
      name === 'WorkerThread' && workers > 1 ? 'pool of DuckDB' : (THREADS[name] ?? name);
    const ticks = Number(fields[11]) + Number(fields[12]);
    threads.set(part, (threads.get(part) ?? 0) + (ticks * 1e6) / TICKS_PER_SECOND);
  }
  return threads;
}

function tasksOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** Bytes of memory of a process, shared pages divided among those who share them. */
export function pssOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    // The process ended between the listing and this look.
    return 0;
  }
}

/** The command line of a process, for telling them apart. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Fields of /proc/PID/stat from the state on; the name before may hold blanks. */
function statOf(pid: number | string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** CPU microseconds an event of JSON.parse over lines: what every cost here is a multiple of. Median of three. */
export function calibrate(lines: readonly string[]): number {
  const rounds = Array.from({ length: 3 }, () => {
    const before = ownCpu();
    for (const line of lines) JSON.parse(line);
    return (ownCpu() - before) / lines.length;
  });
  return rounds.sort((a, b) => a - b)[1] ?? 0;
}

/** A value at a share of sorted numbers. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
