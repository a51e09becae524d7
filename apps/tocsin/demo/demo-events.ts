import { ATTACK_COUNTS, ATTACK_LENGTH_MS, attack } from './attack.ts';
import { Chance } from './chance.ts';
import type { DemoLine } from './demo-line.ts';
import { ordinaryApplication } from './ordinary-application.ts';
import { ordinaryLinux } from './ordinary-linux.ts';
import { ordinaryNetwork } from './ordinary-network.ts';
import { ordinaryWindows } from './ordinary-windows.ts';

/** When the simulated day ends, and which day it is. */
export interface DemoOptions {
  /** End of the day, milliseconds since 1970: no event is later. */
  readonly now: number;
  /** The same seed and `now` give the same lines; default 1. */
  readonly seed?: number;
}

/** One line in the form of `POST /v1/ingest/raw?wrapped=true`. */
export interface WrappedLine {
  readonly source: string;
  readonly raw: string;
}

/** An alert that the sample must lead to. */
export interface ExpectedAlert {
  readonly ruleId: string;
  /** Alerts of this rule: exactly so many in a home that has seen nothing before. */
  readonly alerts: number;
  /** Events its alert counts; more when the sample was sent before, because an open alert goes on. */
  readonly events: number;
}

/** What must come of the sample: in an empty home nothing more and nothing less. */
export interface ExpectedDemo {
  readonly eventsMin: number;
  readonly sources: readonly string[];
  readonly alerts: readonly ExpectedAlert[];
  readonly incidents: number;
  readonly cases: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long before the end of the day the attack is over. */
const QUIET_END_MS = 20 * 60_000;

/** Happenings a day of each kind; one gives one to six lines. */
const ORDINARY: readonly (readonly [number, (chance: Chance, at: number) => DemoLine[]])[] = [
  [560, ordinaryLinux],
  [1400, ordinaryWindows],
  [950, ordinaryNetwork],
  [900, ordinaryApplication],
];

/**
 * The bundled sample: a day of a small company with an intrusion in it, in the order of time. Deterministic.
 * About 6,000 lines of four sources.
 */
export function demoEvents(options: DemoOptions): Iterable<WrappedLine> {
  const chance = new Chance(options.seed ?? 1);
  // Whole seconds, because syslog has no finer ones and no line may be later than `now`.
  const end = Math.floor(options.now / 1000) * 1000;
  const lines = ORDINARY.flatMap(([count, make]) => ordinaryDay(chance, end, count, make));
  lines.push(...attack(chance, end - QUIET_END_MS - ATTACK_LENGTH_MS));
  const inTime = lines.filter((line) => line.at > end - DAY && line.at <= end);
  return inTime.sort((a, b) => a.at - b.at).map(({ source, raw }) => ({ source, raw }));
}

function ordinaryDay(
  chance: Chance,
  end: number,
  count: number,
  make: (chance: Chance, at: number) => DemoLine[],
): DemoLine[] {
  return Array.from({ length: count }, () => make(chance, ordinaryTime(chance, end))).flat();
}

/** A time in the day; the second half of it is busier, as working hours are. */
function ordinaryTime(chance: Chance, end: number): number {
  const length = chance.happens(0.7) ? DAY / 2 : DAY;
  return end - chance.between(0, length / 1000 - 1) * 1000;
}

const SPRAYED = ATTACK_COUNTS.sprayedAccounts * ATTACK_COUNTS.triesPerSprayedAccount;

/** What detection, correlation and the case opening make of {@link demoEvents}. */
export const expectedDemo: ExpectedDemo = {
  eventsMin: 5000,
  sources: ['linux_auth', 'windows', 'zeek', 'json'],
  alerts: [
    { ruleId: 'failed-logins-from-address', alerts: 1, events: SPRAYED + ATTACK_COUNTS.guesses },
    { ruleId: 'failed-login-threshold', alerts: 1, events: ATTACK_COUNTS.guesses },
    { ruleId: 'root-shell-by-sudo', alerts: 1, events: 1 },
    { ruleId: 'encoded-powershell', alerts: 1, events: 1 },
    { ruleId: 'system-tool-calls-out', alerts: 1, events: 1 },
    { ruleId: 'lsass-memory-read', alerts: 1, events: 1 },
    { ruleId: 'suspicious-service-installed', alerts: 1, events: 2 },
    { ruleId: 'admin-group-member-added', alerts: 1, events: 1 },
    { ruleId: 'dns-text-burst', alerts: 1, events: ATTACK_COUNTS.textQueries },
    { ruleId: 'large-outbound-transfer', alerts: 1, events: ATTACK_COUNTS.uploads },
    { ruleId: 'event-log-cleared', alerts: 1, events: 1 },
    // Sequences over events of the above: the guesses, the login and the shell; the work and the log.
    { ruleId: 'root-shell-after-guessing', alerts: 1, events: ATTACK_COUNTS.guesses + 2 },
    { ruleId: 'log-cleared-after-intrusion', alerts: 1, events: 5 },
    // Sigma correlations: one address tries many accounts; a login after its failures.
    { ruleId: '89342d43-4af6-5d68-a775-9bac53354e20', alerts: 1, events: 8 },
    { ruleId: '5d828489-1f59-5124-9d2c-2b4cb1854967', alerts: 1, events: 2 },
  ],
  incidents: 1,
  cases: 1,
};
