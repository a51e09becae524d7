import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '@tocsin/kernel/problem.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adminCall } from '../cli/running.ts';
import { type Home, homeAt } from '../home.ts';
import { findHolder } from './lock.ts';
import { openLogStream } from './log-stream.ts';
import type { ProcessPlan } from './managed-process.ts';
import { findProcess } from './process-identity.ts';
import { Supervisor, type SupervisorReport } from './supervisor.ts';
import { standInPlan } from './testing/stand-in-plan.ts';
import { openTokenDesk } from './token-desk.ts';

let folder: string;
let home: Home;
let lines: string[];
let audited: string[];
const running: (Supervisor | ChildProcess)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-'));
  home = homeAt(join(folder, 'home'));
  lines = [];
  audited = [];
});

afterEach(async () => {
  for (const one of running.splice(0)) {
    if (one instanceof Supervisor) await one.stop();
    else one.kill('SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true });
});

function supervise(plans: readonly ProcessPlan[], order: string[] = []): Supervisor {
  const world = quickWorld();
  const log = openLogStream({
    format: 'json',
    level: 'info',
    clock: world.clock,
    colour: false,
    sink: (line) => lines.push(line),
  });
  const supervisor = new Supervisor({
    home,
    port: 4711,
    version: '0.0.0',
    world,
    log,
    progress: { starting: (part) => order.push(part), ready: () => undefined },
    database: {
      open: () => Promise.resolve(),
      compact: () => Promise.resolve(),
      report: () => [],
      close: () => {
        order.push('postgres closed');
        return Promise.resolve();
      },
    },
    plans,
    openTokenDesk: () =>
      openTokenDesk({
        home,
        world,
        log: log.own,
        audience: 'tocsin',
        audit: (order) => {
          if (order.tenantId === 'unwritten')
            throw new Problem('unavailable', { detail: 'no audit' });
          audited.push(`${order.tenantId} ${order.role}`);
          return Promise.resolve();
        },
      }),
  });
  running.push(supervisor);
  return supervisor;
}

/** The real world, twenty times as fast where it waits. */
function quickWorld(): World {
  const world = systemWorld();
  const { clock } = world;
  return { ...world, clock: { ...clock, after: (ms, run) => clock.after(ms / 20, run) } };
}

const report = async (): Promise<SupervisorReport> =>
  (await adminCall(home, 'GET', '/status')) as SupervisorReport;

describe('supervisor', () => {
  it('starts postgres first, then its processes in order', async () => {
    const order: string[] = [];
    await supervise([standInPlan('data', 'ready'), standInPlan('control', 'ready')], order).start();
    expect(order).toEqual(['postgres', 'data', 'control']);
  });

  it('tells the state of its processes through the admin socket', async () => {
    await supervise([standInPlan('data', 'ready')]).start();
    const { parts, port } = await report();
    expect(port).toBe(4711);
    expect(parts).toMatchObject([{ name: 'data', state: 'ready', restarts: 0 }]);
    expect(parts[0]?.residentBytes).toBeGreaterThan(1_000_000);
  });

  it('keeps the admin socket and the internal token to its user', async () => {
    await supervise([]).start();
    expect(statSync(home.adminSocket).mode & 0o777).toBe(0o600);
    expect(statSync(home.internalTokenFile).mode & 0o777).toBe(0o600);
    expect(statSync(home.run).mode & 0o777).toBe(0o700);
  });

  it('refuses a second start on the same home and leaves the first alone', async () => {
    await supervise([standInPlan('data', 'ready')]).start();
    const second = supervise([standInPlan('data', 'ready')]);
    await expect(second.start()).rejects.toMatchObject({ code: 'conflict' });
    expect((await findHolder(home))?.pid).toBe(process.pid);
    expect((await report()).parts[0]?.state).toBe('ready');
  });

  it('starts a killed process again', async () => {
    await supervise([standInPlan('data', 'ready')]).start();
    const first = (await report()).parts[0]?.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await expect
      .poll(async () => (await report()).parts[0])
      .toMatchObject({ state: 'ready', restarts: 1 });
    expect((await report()).parts[0]?.pid).not.toBe(first);
  });

  it('starts a killed process again, also where the list of processes cannot be written', async () => {
    await supervise([standInPlan('data', 'ready')]).start();
    rmSync(home.processesFile);
    mkdirSync(home.processesFile);
    process.kill((await report()).parts[0]?.pid ?? 0, 'SIGKILL');
    await expect
      .poll(async () => (await report()).parts[0])
      .toMatchObject({ state: 'ready', restarts: 1 });
    expect(lines.join('')).toContain('the list of running processes cannot be written');
    rmSync(home.processesFile, { recursive: true });
  });

  it('tells the environment of a process how often it was started, so that a planned crash happens once', async () => {
    const starts: number[] = [];
    const plan = standInPlan('data', 'ready');
    const counted = {
      ...plan,
      environment: (before: number) => {
        starts.push(before);
        return plan.environment(before);
      },
    };
    await supervise([counted]).start();
    process.kill((await report()).parts[0]?.pid ?? 0, 'SIGKILL');
    await expect.poll(() => starts).toEqual([0, 1]);
  });

  it('gives up when a process never becomes ready, and says which', async () => {
    const supervisor = supervise([standInPlan('data', 'exits-before-ready')]);
    await expect(supervisor.start()).rejects.toThrow(/data did not start.*exit status 3/);
    expect(await findHolder(home)).toBeUndefined();
  });

  it('ends a start that a stop interrupts, says so, and leaves nothing behind', async () => {
    const supervisor = supervise([standInPlan('data', 'never-ready')]);
    const started = supervisor.start();
    await expect.poll(async () => (await report()).parts[0]?.state).toBe('starting');
    const pid = (await report()).parts[0]?.pid ?? 0;
    const outcome = expect(started).rejects.toThrow('Tocsin was stopped while it started.');
    await supervisor.stop();
    await outcome;
    expect(findProcess(pid)).toBeUndefined();
    expect(await findHolder(home)).toBeUndefined();
  });

  it('drains in the reverse order of the start and releases the home', async () => {
    const order: string[] = [];
    const marked = [
      standInPlan('data', 'writes-marker', folder),
      standInPlan('control', 'writes-marker', folder),
    ];
    const supervisor = supervise(marked, order);
    await supervisor.start();
    const pids = (await report()).parts.map((part) => String(part.pid));
    await supervisor.stop();
    const ends = readFileSync(join(folder, 'ends'), 'utf8').trim().split('\n');
    expect(ends).toEqual(pids.toReversed());
    expect(order.at(-1)).toBe('postgres closed');
    expect(await findHolder(home)).toBeUndefined();
  });

  it('kills a process that does not drain in time', async () => {
    const supervisor = supervise([standInPlan('data', 'ignores-term')]);
    await supervisor.start();
    await supervisor.stop();
    expect(lines.join('')).toContain('did not drain in time');
  });

  it('merges the output of its processes, plain words as entries of the service', async () => {
    await supervise([standInPlan('data', 'ready')]).start();
    await expect.poll(() => lines.join('')).toContain('plain words on stderr');
    const entry = lines
      .map((line) => JSON.parse(line))
      .find(({ message }) => /plain/.test(message));
    expect(entry).toMatchObject({ level: 'error', service: 'data' });
  });

  it('mints a token through the admin socket and refuses a role it does not know', async () => {
    await supervise([]).start();
    const order = { tenant: 'acme-corp', role: 'soc_analyst', ttl_seconds: 60 };
    const minted = (await adminCall(home, 'POST', '/token', order)) as { token: string };
    const claims = JSON.parse(
      Buffer.from(minted.token.split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(claims).toMatchObject({ tenant_id: 'acme-corp', role: 'soc_analyst', aud: 'tocsin' });
    expect(claims.exp - claims.iat).toBe(60);
    expect(audited).toEqual(['acme-corp soc_analyst']);
    const unwritten = adminCall(home, 'POST', '/token', { ...order, tenant: 'unwritten' });
    await expect(unwritten).rejects.toThrow('no audit');
    expect(lines.join('')).toContain('token.mint');
    expect(lines.join('')).not.toContain(minted.token);
    await expect(adminCall(home, 'POST', '/token', { role: 'root' })).rejects.toThrow(/role/);
    const longer = { ...order, ttl_seconds: 3601 };
    await expect(adminCall(home, 'POST', '/token', longer)).rejects.toThrow(/ttl_seconds/);
  });
});

describe('a supervisor killed by SIGKILL', () => {
  function spawnSupervisor(): Promise<ChildProcess> {
    const file = fileURLToPath(new URL('./testing/run-stand-ins.ts', import.meta.url));
    const child = spawn(process.execPath, [file, home.root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    return new Promise((resolve, reject) => {
      child.stdout.on('data', (bytes: Buffer) => {
        if (bytes.toString().includes('UP')) resolve(child);
      });
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    });
  }

  it('leaves no child behind, and the next start takes the home over', async () => {
    const first = await spawnSupervisor();
    const pids = (await report()).parts.map((part) => part.pid ?? 0);
    expect(pids.every((pid) => findProcess(pid) !== undefined)).toBe(true);
    first.kill('SIGKILL');
    const second = await spawnSupervisor();
    expect(pids.map(findProcess)).toEqual([undefined, undefined]);
    expect((await findHolder(home))?.pid).toBe(second.pid);
    const ended = new Promise((resolve) => second.once('exit', resolve));
    second.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
