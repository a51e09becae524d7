import { check, type Seen, type StoredGroup } from '../../torture/check.ts';
import { Ledger } from '../../torture/ledger.ts';
import { SimClient } from './client.ts';
import { Machine } from './machine.ts';
import type { PipelineBreak } from './pipeline-breaks.ts';
import { type SimHome, SimProduct } from './processes.ts';
import { SimLog } from './sim-bus.ts';
import { SimDatabase } from './sim-database.ts';
import { SimDisk } from './sim-disk.ts';
import { SimTables } from './sim-event-store.ts';

const START = Date.UTC(2026, 2, 3, 21);
const HOUR = 3_600_000;
const STEPS_MAX = 60_000;
/** After the last request, so that held updates, barriers and the correlator have their turn. */
const REST_MS = 30_000;

/** What a seed led to. */
export interface Verdict {
  readonly seed: number;
  /** Broken promises; none when all is as it should be. */
  readonly faults: readonly string[];
  readonly steps: number;
  /** The same for the same seed and code. */
  readonly trace: number;
  readonly happened: Readonly<Record<string, number>>;
}

/** Runs the product's pipeline on a simulated machine under a seed, with faults, then heals it and compares. */
export async function simulate(seed: number, broken?: PipelineBreak): Promise<Verdict> {
  const machine = new Machine(seed, START);
  const home: SimHome = {
    disk: new SimDisk(machine, broken),
    log: new SimLog(),
    tables: new SimTables(),
    database: new SimDatabase(machine, broken),
  };
  const product = new SimProduct(machine, home, broken);
  const ledger = new Ledger();
  const chaos = new Chaos(machine, product);
  const client = new SimClient(machine, product, ledger, 4 + machine.below(5));
  while (client.busy > 0 && machine.steps < STEPS_MAX) {
    chaos.perhaps();
    if (!(await machine.step())) break;
  }
  chaos.heal();
  let restUntil = machine.elapsed + REST_MS;
  while (machine.steps < STEPS_MAX && machine.elapsed < restUntil) {
    if (!(await machine.step())) break;
    if (!isDone(home)) restUntil = machine.elapsed + REST_MS;
  }
  const faults = [...product.faults];
  if (client.busy > 0 || !isDone(home)) faults.push(`it does not come to rest: ${machine.waiting}`);
  else faults.push(...check(ledger, seen(home)), ...checkArchive(home), ...checkCases(home));
  const happened = {
    ...chaos.happened,
    starts: product.starts,
    victims: home.database.alerts.size,
  };
  return { seed, faults, steps: machine.steps, trace: machine.trace, happened };
}

const SLOW = ['', '', 'store commit', 'bus sync', 'sync', 'sync folder', 'db commit', 'rename'];

/** While these are on their way a fault is worth more. */
const TENDER = ['store commit', 'rename', 'db commit'];
const TENDER_TIMES = 5;

type FaultKind = 'data' | 'control' | 'power' | 'clock' | 'database';

/** Which faults a seed has, and when: few kinds each, so that each kind also comes alone. */
class Chaos {
  readonly happened: Record<string, number> = {};
  readonly #machine: Machine;
  readonly #product: SimProduct;
  readonly #parts: Readonly<Record<FaultKind, number>>;
  #databaseBack = 0;

  constructor(machine: Machine, product: SimProduct) {
    this.#machine = machine;
    this.#product = product;
    const often = (part: number): number => (machine.chance(0.5) ? part : 0);
    this.#parts = {
      data: often(0.006),
      control: often(0.006),
      power: often(0.004),
      clock: often(0.004),
      database: often(0.004),
    };
    machine.slow = SLOW[machine.below(SLOW.length)] ?? '';
    machine.odds = {
      diskFails: often(0.003),
      databaseFails: often(0.1),
      answerLost: often(0.2),
    };
  }

  perhaps(): void {
    const machine = this.#machine;
    const product = this.#product;
    const { database } = product.home;
    if (machine.steps > this.#databaseBack) database.up = true;
    if (this.#now('data')) product.kill(product.dataLife);
    if (this.#now('control')) product.kill(product.controlLife);
    if (this.#now('power')) product.cutPower();
    if (this.#now('clock')) machine.jump(machine.chance(0.5) ? 2 * HOUR : -2 * HOUR);
    if (this.#now('database')) {
      database.up = false;
      this.#databaseBack = machine.steps + machine.below(400);
    }
  }

  heal(): void {
    this.#machine.hostile = false;
    this.#machine.slow = '';
    this.#product.home.database.up = true;
  }

  #now(kind: FaultKind): boolean {
    const machine = this.#machine;
    const tender = TENDER.some((name) => machine.isUnderWay(name)) ? TENDER_TIMES : 1;
    if (!machine.chance(this.#parts[kind] * tender)) return false;
    this.happened[kind] = (this.happened[kind] ?? 0) + 1;
    return true;
  }
}

/** Says whether both logs are read to their ends. */
function isDone({ log }: SimHome): boolean {
  return (['raw.events', 'alerts.scored'] as const).every(
    (topic) => log.cursor(topic) === log.frames(topic).length,
  );
}

function seen({ tables, database }: SimHome): Seen {
  const stored = new Map<string, StoredGroup & { markers: Set<string> }>();
  for (const { event, frame, ordinal } of tables.rows) {
    const name = event.targetId.replace(/\/\d+$/, '');
    const place = frame * 1_000_000 + ordinal;
    const group = stored.get(name);
    const markers = (group?.markers ?? new Set()).add(event.targetId);
    const whole = event.attributes['marker'] === event.targetId;
    stored.set(name, {
      markers,
      rows: (group?.rows ?? 0) + 1,
      events: markers.size,
      damaged: (group?.damaged ?? 0) + (whole ? 0 : 1),
      first: Math.min(group?.first ?? place, place),
      last: Math.max(group?.last ?? place, place),
    });
  }
  const rows = [...database.alerts.values()].filter(
    ({ incoming }) => incoming.alert.rule_name === 'failed_login_threshold',
  );
  const victimOf = ({ incoming }: (typeof rows)[number]): string =>
    incoming.alert.actor?.name ?? '';
  const cases = new Map<string, number>();
  for (const row of rows) {
    const own = database.cases.filter(({ incidentId }) => incidentId === row.known.incidentId);
    cases.set(victimOf(row), own.length);
  }
  const alerts = rows.map((row) => ({
    victim: victimOf(row),
    events: row.incoming.alert.event_count,
  }));
  return { stored, alerts, cases };
}

/** Every stored row has its line in the archive, as it was sent. */
function checkArchive({ tables, disk }: SimHome): string[] {
  let missing = 0;
  const segments = new Map<string, string[]>();
  for (const { event, segment, line } of tables.rows) {
    let lines = segments.get(segment);
    if (lines === undefined) {
      const file = disk.files.get(`/objects/acme-corp/${segment}`);
      lines = (file?.bytes.toString() ?? '').split('\n');
      segments.set(segment, lines);
    }
    if (!lines[line]?.includes(`"${event.targetId}"`)) missing += 1;
  }
  return missing === 0 ? [] : [`${missing} stored events have no line in the archive`];
}

/** An incident has one case at most. */
function checkCases({ database }: SimHome): string[] {
  const byIncident = Map.groupBy(database.cases, ({ incidentId }) => incidentId);
  const twice = [...byIncident.values()].filter((cases) => cases.length > 1).length;
  return twice === 0 ? [] : [`${twice} incidents have more than one case`];
}
