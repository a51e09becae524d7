import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@tocsin/http/testing/free-port.ts';
import {
  findProcess,
  isAlive,
  type ProcessIdentity,
} from '../../apps/tocsin/supervisor/process-identity.ts';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The command line. */
export const MAIN = join(ROOT, 'apps/tocsin/main.ts');

/** Longest wait for a start: slow machines initialise a database in it. */
const START_MS_MAX = 150_000;
/** Longest run of one command: below the limit of a hook, so that it is told what hung. */
export const COMMAND_MS_MAX = 230_000;
/** Lines of the product's log that are kept for a failed test to show. */
const LOG_LINES_MAX = 5_000;

/** How to start the product. */
export interface StartOptions {
  /** A home of an earlier start; else a new one. */
  readonly home?: string;
  /** Else a free one. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Longest wait for the start. */
  readonly withinMs?: number;
}

/** One part as `tocsin status` shows it. */
export interface Part {
  readonly name: string;
  readonly state: string;
  readonly pid?: number;
  readonly restarts: number;
  readonly lastExit?: string;
}

/** What a command of `tocsin` did. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An answer of the product. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are compared by tests, member by member
  readonly body: any;
}

/** A request: `body` is sent as JSON, `bytes` as they are. */
export interface Ask {
  readonly token?: string;
  readonly tenant?: string;
  readonly body?: unknown;
  readonly bytes?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A new short path for a home: sockets lie below it. As root, PostgreSQL's user must be able to enter it. */
export async function freshHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'te-'));
  await chmod(home, process.getuid?.() === 0 ? 0o711 : 0o700);
  return home;
}

/** Longest wait for anything else: it ends what hangs, and says what it was. */
const WAIT_MS_MAX = 100_000;

/** Waits for a condition, looking often. Throws what it waited for, and the last fault, when it takes too long. */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | undefined | false> | Value | undefined | false,
  withinMs = WAIT_MS_MAX,
): Promise<Value> {
  const end = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`waited ${withinMs} ms in vain until ${what}`, { cause: last });
    }
    await sleep(25);
  }
}

/** Runs one command line of `tocsin` to its end, as a user does. */
export function tocsin(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { env: surroundings(environment), maxBuffer: 64 * 1024 * 1024, timeout: COMMAND_MS_MAX },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ status, stdout, stderr });
      },
    );
  });
}

const started = new Set<Product>();
process.on('exit', () => {
  for (const product of started) product.abandon();
});

/** The whole product as `tocsin up` starts it: real supervisor, real PostgreSQL, its own home. */
export class Product {
  readonly home: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #exited: Promise<number | null>;
  readonly #tokens = new Map<string, string>();
  readonly #seen = new Map<number, ProcessIdentity>();

  private constructor(home: string, port: number, environment: Readonly<Record<string, string>>) {
    this.home = home;
    this.port = port;
    this.#child = spawn(
      process.execPath,
      [MAIN, 'up', '--home', home, '--port', String(port), '--json'],
      { env: surroundings(environment), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#exited = new Promise((resolve) => this.#child.once('exit', resolve));
    // Each for itself: a line of one may come in two pieces, with one of the other between.
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null)
        createInterface({ input: stream }).on('line', (line) => this.#keep(line));
    }
  }

  /** Starts it and resolves when it says that it is ready. */
  static async start(options: StartOptions = {}): Promise<Product> {
    const home = options.home ?? (await freshHome());
    const port = options.port ?? (await freePort());
    const product = new Product(home, port, options.environment ?? {});
    started.add(product);
    try {
      await until('the product is ready', () => product.#isUp(), options.withinMs ?? START_MS_MAX);
    } catch (error) {
      product.abandon();
      throw new Error(`the product did not start\n${product.log.slice(-30).join('\n')}`, {
        cause: error,
      });
    }
    await product.parts();
    return product;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Newest lines of its log. */
  get log(): readonly string[] {
    return this.#lines;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > LOG_LINES_MAX) this.#lines.splice(0, LOG_LINES_MAX / 2);
  }

  async #isUp(): Promise<boolean> {
    if (this.hasEnded) throw new Error('it ended');
    return this.#lines.some((line) => line.includes('"Tocsin is ready"'));
  }

  /** Its processes, from the supervisor's own mouth. */
  async parts(): Promise<readonly Part[]> {
    const report = (await this.#admin('GET', '/status')) as { parts: readonly Part[] };
    for (const { pid } of report.parts) {
      const identity = pid === undefined ? undefined : findProcess(pid);
      if (identity !== undefined) this.#seen.set(identity.pid, identity);
    }
    return report.parts;
  }

  async part(name: string): Promise<Part> {
    const found = (await this.parts()).find((part) => part.name === name);
    if (found === undefined) throw new Error(`there is no part ${name}`);
    return found;
  }

  /** Kills one part by SIGKILL; the pid is asked from its own supervisor at this moment. */
  async kill(name: string): Promise<number | undefined> {
    const { pid } = await this.part(name);
    if (pid !== undefined && findProcess(pid) !== undefined) process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Kills the supervisor alone by SIGKILL. */
  async crash(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    started.delete(this);
  }

  /** SIGTERM, and waits for the end. Resolves with the exit status. */
  async stop(): Promise<number | null> {
    if (!this.hasEnded) this.#child.kill('SIGTERM');
    const status = await this.#exited;
    started.delete(this);
    return status;
  }

  /** Stops it and removes its home. */
  async discard(): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  /** For the end of a test run that went wrong: kills what this product started, and nothing else. */
  abandon(): void {
    started.delete(this);
    if (this.hasEnded) return;
    this.#child.kill('SIGKILL');
    for (const identity of this.#seen.values()) {
      if (isAlive(identity)) process.kill(identity.pid, 'SIGKILL');
    }
  }

  /** A token of the local issuer; one per tenant and role is kept. */
  async token(role: string, tenant?: string, ttlSeconds = 3600): Promise<string> {
    const name = `${role}/${tenant}/${ttlSeconds}`;
    const known = this.#tokens.get(name);
    if (known !== undefined) return known;
    const order = { role, ttl_seconds: ttlSeconds, ...(tenant === undefined ? {} : { tenant }) };
    const { token } = (await this.#admin('POST', '/token', order)) as { token: string };
    this.#tokens.set(name, token);
    return token;
  }

  /** Makes a tenant, as the platform's administrator. */
  async createTenant(tenant: string): Promise<void> {
    const body = {
      tenant_id: tenant,
      name: tenant,
      retention_days: 90,
      data_residency: 'us-east',
    };
    const answer = await this.ask('POST', '/v1/tenants', {
      token: await this.token('platform_admin'),
      body,
    });
    if (answer.status !== 201) throw new Error(`no tenant: ${answer.text}`);
  }

  /** A caller of one tenant and role. */
  async as(tenant: string, role = 'soc_analyst'): Promise<Caller> {
    return new Caller(this, await this.token(role, tenant), tenant);
  }

  /** One request to the gateway. Of a stream, which has no end, the head. */
  async ask(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...ask.headers };
    if (ask.token !== undefined) headers['authorization'] = `Bearer ${ask.token}`;
    if (ask.tenant !== undefined) headers['x-tenant-id'] = ask.tenant;
    const body = ask.body === undefined ? ask.bytes : JSON.stringify(ask.body);
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: body as string | Uint8Array<ArrayBuffer> }),
    });
    const endless = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (endless) await response.body?.cancel();
    const text = endless ? '' : await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  }

  #admin(method: string, path: string, body?: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socketPath = join(this.home, 'run', 'admin.sock');
      const request = httpRequest({ socketPath, method, path, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`admin socket: ${response.statusCode} ${text}`));
        });
      });
      request.once('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** Requests of one tenant with one token. */
export class Caller {
  readonly product: Product;
  readonly token: string;
  readonly tenant: string;

  constructor(product: Product, token: string, tenant: string) {
    this.product = product;
    this.token = token;
    this.tenant = tenant;
  }

  ask(method: string, path: string, ask: Omit<Ask, 'token' | 'tenant'> = {}): Promise<Answer> {
    return this.product.ask(method, path, { ...ask, token: this.token, tenant: this.tenant });
  }

  get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.ask('POST', path, { body });
  }

  /** All items of a list, page by page. */
  // biome-ignore lint/suspicious/noExplicitAny: items are compared by tests, member by member
  async all(path: string): Promise<any[]> {
    const items: unknown[] = [];
    let cursor: string | null = null;
    do {
      const url = new URL(path, this.product.url);
      url.searchParams.set('limit', '200');
      if (cursor !== null) url.searchParams.set('cursor', cursor);
      const answer = await this.get(`${url.pathname}${url.search}`);
      if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
      items.push(...answer.body.items);
      cursor = answer.body.next_cursor;
    } while (cursor !== null);
    return items;
  }

  /** How many events a query finds, by the histogram. */
  async count(query = ''): Promise<number> {
    const answer = await this.get(`/v1/events/histogram?q=${encodeURIComponent(query)}`);
    if (answer.status !== 200) throw new Error(answer.text);
    const bars: readonly { count: number }[] = answer.body.items;
    return bars.reduce((sum, bar) => sum + bar.count, 0);
  }

  /** Waits until nothing of an accepted request is pending; gives its receipt. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  settled(receipt: string, withinMs = WAIT_MS_MAX): Promise<any> {
    return until(
      'the receipt is settled',
      async () => {
        const answer = await this.get(`/v1/ingest/receipts/${receipt}`);
        if (answer.status !== 200) throw new Error(answer.text);
        return answer.body.pending === 0 && answer.body;
      },
      withinMs,
    );
  }

  /** The same of several receipts. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  async settledAll(receipts: readonly string[], withinMs = WAIT_MS_MAX): Promise<any[]> {
    const states: unknown[] = [];
    for (const receipt of receipts) states.push(await this.settled(receipt, withinMs));
    return states;
  }
}

/** The environment of a command: nothing of the surroundings decides how the product under test runs. */
export function surroundings(
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('TOCSIN_'));
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...environment };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
