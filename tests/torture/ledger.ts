/** What a writer knows of one request. Refused means: the answer promised that nothing of it was taken. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

/**
 * How a source sends again what was not acknowledged.
 * `keyed`: the same request under its idempotency key. `ids`: the same events, each with an id of the client.
 * `plain`: as a new request, which may leave the events twice if the outcome of the first was unknown.
 */
export type SourceKind = 'keyed' | 'ids' | 'plain';

/** All attempts that a checker cannot tell apart: those of one batch, or of one try of it where tries differ. */
export interface Group {
  readonly kind: SourceKind;
  readonly source: number;
  readonly batch: number;
  readonly attempt: number;
  readonly size: number;
  /** Who is attacked in it, `''` for nobody: one alert and one case must come of it. */
  readonly victim: string;
  acknowledged: number;
  refused: number;
  unknown: number;
}

/** Name of a group, which every one of its events carries. */
export function groupName(source: number, batch: number, attempt: number): string {
  return `${source}/${batch}/${attempt}`;
}

/** What was sent, and what was said to it. */
export class Ledger {
  readonly groups = new Map<string, Group>();
  /** Acknowledged events by second of the run: the rate while the product was up. */
  readonly perSecond = new Map<number, number>();
  /** All events that were sent, by second: again and again while the product is down. */
  readonly sentPerSecond = new Map<number, number>();
  readonly refusals = new Map<string, number>();
  acknowledgedEvents = 0;

  open(group: Omit<Group, 'acknowledged' | 'refused' | 'unknown'>): Group {
    const name = groupName(group.source, group.batch, group.attempt);
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const opened = { ...group, acknowledged: 0, refused: 0, unknown: 0 };
    this.groups.set(name, opened);
    return opened;
  }

  close(group: Group, outcome: Outcome, why: string, atMs: number): void {
    group[outcome] += 1;
    const second = Math.floor(atMs / 1000);
    this.sentPerSecond.set(second, (this.sentPerSecond.get(second) ?? 0) + group.size);
    if (outcome !== 'acknowledged') {
      this.refusals.set(`${outcome} ${why}`, (this.refusals.get(`${outcome} ${why}`) ?? 0) + 1);
      return;
    }
    this.acknowledgedEvents += group.size;
    this.perSecond.set(second, (this.perSecond.get(second) ?? 0) + group.size);
  }

  /** Acknowledged events a second, over the seconds in which any were: the median. */
  get rateWhileUp(): number {
    return median([...this.perSecond.values()]);
  }

  /** Sent events a second, over the same seconds: the median. */
  get offeredWhileUp(): number {
    return median([...this.perSecond.keys()].map((second) => this.sentPerSecond.get(second) ?? 0));
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
