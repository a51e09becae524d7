import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine. */
interface Found {
  readonly pid: number;
  readonly parent: number;
  readonly title: string;
}

/** A process and everything below it, as it is at this moment. */
export function familyOf(root: number): readonly Found[] {
  const all = readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    const found = Number.isInteger(pid) ? look(pid) : undefined;
    return found === undefined ? [] : [found];
  });
  const family = all.filter(({ pid }) => pid === root);
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid));
  return family;
}

/** Sends a signal to processes that may be gone already; tells how many got it. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): number {
  let reached = 0;
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
      reached += 1;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
  return reached;
}

/** Resident memory of a process, MB; 0 when it is gone. */
export function memoryMbOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/** Memory of a process, MB: its own, its share of mapped files of the bus, and of all other files (programs). */
export interface MemoryMb {
  readonly own: number;
  readonly bus_files: number;
  readonly other_files: number;
}

/** Proportional memory of a process by what it is of; all 0 when it is gone. */
export function memoryPartsOf(pid: number | undefined): MemoryMb {
  const kb = { own: 0, bus_files: 0, other_files: 0 };
  let part: keyof MemoryMb = 'own';
  for (const line of linesOf(`/proc/${pid}/smaps`)) {
    const mapped = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)$/.exec(line)?.[1];
    if (mapped !== undefined) part = partOf(mapped);
    const pss = /^Pss:\s+(\d+)/.exec(line)?.[1];
    if (pss !== undefined) kb[part] += Number(pss);
  }
  const mb = (value: number): number => Math.round(value / 1024);
  return { own: mb(kb.own), bus_files: mb(kb.bus_files), other_files: mb(kb.other_files) };
}

function partOf(mapped: string): keyof MemoryMb {
  if (mapped.endsWith('.lmdb')) return 'bus_files';
  return mapped.startsWith('/') ? 'other_files' : 'own';
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    // The process ended between the listing and this look.
    return [];
  }
}

function look(pid: number): Found | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { pid, parent: Number(fields[1]), title };
  } catch {
    // It ended between the listing and this look.
    return undefined;
  }
}
