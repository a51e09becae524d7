import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Pool } from 'undici';
import { commandOf, cpuOf, processTree, pssOf, threadCpuOf } from './measure.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../apps/tocsin/main.ts');
const TENANT = 'acme-corp';

/** The whole product on a home of its own, for one measurement. */
export class Product {
  readonly home: string;
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(home: string, port: number, child: ChildProcess) {
    this.home = home;
    this.port = port;
    this.#child = child;
  }

  static async start(port: number): Promise<Product> {
    const home = await mkdtemp(join(tmpdir(), 'tb-'));
    const env = { ...process.env, TOCSIN_LOG_LEVEL: 'warn' };
    const args = [MAIN, 'up', '--home', home, '--port', String(port)];
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    const product = new Product(home, port, child);
    for (let tries = 0; !(await product.#ready()); tries += 1) {
      if (tries > 3_000) throw new Error('the product did not become ready');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await product.command('tenant', 'create', TENANT);
    return product;
  }

  /** Runs a command of the command line on this home. */
  async command(...args: string[]): Promise<string> {
    const env = { ...process.env, TOCSIN_HOME: this.home, TOCSIN_PORT: String(this.port) };
    return (await run(process.execPath, [MAIN, ...args], { env })).stdout.trim();
  }

  async headers(tenant = TENANT): Promise<Record<string, string>> {
    const token = await this.command('token', '--tenant', tenant, '--role', 'soc_analyst');
    return { authorization: `Bearer ${token}`, 'x-tenant-id': tenant };
  }

  /** Connections to the gateway, or straight to the data process's socket. */
  pool(connections: number, place: 'gateway' | 'data' = 'gateway'): Pool {
    if (place === 'gateway') return new Pool(`http://127.0.0.1:${this.port}`, { connections });
    return new Pool('http://data', { socketPath: join(this.home, 'run/data.sock'), connections });
  }

  /** CPU microseconds per part of the product, since each started. */
  cpu(): Map<string, number> {
    return this.#perPart(cpuOf);
  }

  /** CPU microseconds of the data process by what its threads are for, since it started. */
  dataThreads(): Map<string, number> {
    const pid = this.#dataPid();
    return pid === undefined ? new Map() : threadCpuOf(pid);
  }

  /** Ends the data process at once; the supervisor starts it again. */
  killData(): void {
    const pid = this.#dataPid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  /** Bytes of memory (PSS) per part. */
  memory(): Map<string, number> {
    return this.#perPart(pssOf);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
    await rm(this.home, { recursive: true, force: true });
  }

  #dataPid(): number | undefined {
    const tree = processTree(this.#child.pid ?? 0);
    return tree.find((pid) => /processes\/data\.ts/.test(commandOf(pid)));
  }

  #perPart(measure: (pid: number) => number): Map<string, number> {
    const parts = new Map<string, number>();
    for (const pid of processTree(this.#child.pid ?? 0)) {
      const command = commandOf(pid);
      const part =
        /processes\/(\w+)\.ts/.exec(command)?.[1] ??
        (command.includes('postgres') ? 'postgres' : 'supervisor');
      parts.set(part, (parts.get(part) ?? 0) + measure(pid));
    }
    return parts;
  }

  async #ready(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/ready`)).ok;
    } catch {
      // Not listening yet.
      return false;
    }
  }
}

/** The growth of each part between two readings. */
export function growth(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map([...after].map(([part, value]) => [part, value - (before.get(part) ?? 0)]));
}

/** The sum over all parts. */
export function total(parts: ReadonlyMap<string, number>): number {
  return [...parts.values()].reduce((sum, value) => sum + value, 0);
}
