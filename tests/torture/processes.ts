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
