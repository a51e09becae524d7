import { freePort } from '@tocsin/http/testing/free-port.ts';
import { Caller, freshHome, Product } from '../e2e/harness.ts';
import { check } from './check.ts';
import { Ledger } from './ledger.ts';
import { drained, readStored, readVictims } from './read-stored.ts';
import { SOURCES, Writer } from './writer.ts';

/** What one scenario found: a line for people, and all figures for machines. */
export interface Report {
  readonly scenario: string;
  /** `not run` says in `reason` what this machine lacks. */
  readonly result: 'passed' | 'failed' | 'not run';
  readonly reason?: string;
  /** Broken promises. */
  readonly faults: readonly string[];
  readonly figures: Readonly<Record<string, unknown>>;
}

/** How long and how hard a run is. */
export interface Effort {
  /** The form of build servers: fewer cycles, shorter waits. */
  readonly short: boolean;
  /** Cycles asked for on the command line. */
  readonly cycles?: number;
  readonly minutes?: number;
}

/** How far the scenario that runs is, for whoever waits. */
export const progress = { now: '' };

/** Says whether another cycle is due: so many are wanted, as far as the time goes. A slow machine does fewer. */
export class Cycles {
  readonly #end: number;
  readonly wanted: number;

  constructor({ cycles, minutes }: Effort, usual: { cycles: number; minutes: number }) {
    this.wanted = cycles ?? usual.cycles;
    this.#end = performance.now() + (minutes ?? usual.minutes) * 60_000;
  }

  /** At least one is always done. */
  more(done: number): boolean {
    progress.now = `${done} of ${this.wanted}`;
    return done === 0 || (done < this.wanted && this.inTime);
  }

  get inTime(): boolean {
    return performance.now() < this.#end;
  }
}

/** A kind of fault and what is done to see that it loses nothing. */
export interface Scenario {
  readonly name: string;
  run(effort: Effort): Promise<Report>;
}

const TENANT = 'acme-corp';
const TOKEN_SECONDS = 3_600;
/** What the writer offers: the product must be under load when a fault comes. */
export const EVENTS_PER_SECOND = 6_000;
/** A product that takes nothing for so long is broken, however slow the machine is. */
const FLOWS_MS_MAX = 240_000;
const START_MS_MAX = 240_000;
/** Faults listed in a report; all are counted. */
const FAULTS_LISTED_MAX = 20;

/** A product with a writer on it, for one scenario: started, hurt, healed, and compared with the ledger. */
export class Patient {
  readonly ledger = new Ledger();
  readonly home: string;
  readonly port: number;
  readonly figures: Record<string, unknown> = {};
  /** Set before the load: the writer then takes a 401 as a reason to sign in again. */
  clockMoves = false;
  product: Product;
  analyst: Caller;
  #writer: Writer | undefined;
  /** Each writer has sources of its own. */
  #loads = 0;
  /** Tokens asked for because the clock had moved. */
  #renewed = 0;

  private constructor(product: Product, analyst: Caller) {
    this.product = product;
    this.home = product.home;
    this.port = product.port;
    this.analyst = analyst;
  }

  /** Starts a product on a new home, or on the given empty one. */
  static async admit(
    home?: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Patient> {
    const product = await Product.start({
      home: home ?? (await freshHome()),
      port: await freePort(),
      environment,
      withinMs: START_MS_MAX,
    });
    await product.createTenant(TENANT);
    return new Patient(product, await product.as(TENANT));
  }

  /** Lets the writer begin. */
  async load(eventsPerSecond = EVENTS_PER_SECOND): Promise<void> {
    const { url } = this.product;
    const token = await this.product.token('soc_analyst', TENANT, TOKEN_SECONDS);
    this.#writer = new Writer({
      url,
      tenant: TENANT,
      token,
      ledger: this.ledger,
      eventsPerSecond,
      firstSource: SOURCES * this.#loads,
      renew: this.clockMoves ? () => this.#freshToken() : undefined,
    });
    this.#loads += 1;
  }

  /** A token by the product's clock of now; living a second less than the one before, or a kept one would be given. */
  #freshToken(): Promise<string> {
    this.#renewed += 1;
    return this.product.token('soc_analyst', TENANT, TOKEN_SECONDS - this.#renewed);
  }

  /** Signs the analyst in again: the clock was moved. */
  async signIn(): Promise<void> {
    this.analyst = new Caller(this.product, await this.#freshToken(), TENANT);
  }

  /** Lets the writer end, with its last requests acknowledged. */
  async unload(): Promise<void> {
    await this.#writer?.stop();
    this.#writer = undefined;
  }

  /** Resolves when so many more events were acknowledged: what is still down is not hurt again. */
  async flows(events = 3_000, withinMs = FLOWS_MS_MAX): Promise<number> {
    const began = performance.now();
    const before = this.ledger.acknowledgedEvents;
    while (this.ledger.acknowledgedEvents < before + events) {
      if (performance.now() - began > withinMs)
        throw new Error(
          `no events flowed within ${withinMs} ms after a fault\n${this.product.log.slice(-15).join('\n')}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.now() - began;
  }

  /** Starts the product again on the same home. */
  async restart(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const { home, port } = this;
    this.product = await Product.start({ home, port, environment, withinMs: START_MS_MAX });
    this.analyst = await this.product.as(TENANT);
  }

  /** Ends the load and compares. The product must be up; it is stopped and its home removed unless it is in `keep`. */
  async judge(scenario: string, keep = false): Promise<Report> {
    await this.unload();
    await drained(this.analyst);
    const counted = await this.analyst.count('source_integration:torture').catch(() => undefined);
    const victims = await readVictims(this.analyst);
    await this.product.stop();
    const stored = await readStored(this.home);
    if (!keep) await this.product.discard();
    const rows = [...stored.values()].reduce((sum, group) => sum + group.rows, 0);
    const faults = check(this.ledger, { stored, ...victims });
    if (counted !== undefined && counted !== rows)
      faults.push(`the search counts ${counted} events, the files have ${rows}`);
    return {
      scenario,
      result: faults.length === 0 ? 'passed' : 'failed',
      faults: faults.slice(0, FAULTS_LISTED_MAX),
      figures: {
        ...this.figures,
        faults: faults.length,
        acknowledged: this.ledger.acknowledgedEvents,
        stored: rows,
        alerts: victims.alerts.length,
        offered_per_second_while_up: this.ledger.offeredWhileUp,
        events_per_second_while_up: this.ledger.rateWhileUp,
        not_acknowledged: Object.fromEntries(this.ledger.refusals),
      },
    };
  }
}

/** A report with what the scenario itself found beside the comparison. */
export function withFaults(report: Report, faults: readonly string[]): Report {
  if (faults.length === 0) return report;
  const all = [...report.faults, ...faults].slice(0, FAULTS_LISTED_MAX);
  return { ...report, result: 'failed', faults: all };
}

/** What a machine without the means for a fault reports. */
export function notRun(scenario: string, reason: string): Report {
  return { scenario, result: 'not run', reason, faults: [], figures: {} };
}
