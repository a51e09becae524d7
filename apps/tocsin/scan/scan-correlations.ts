import type { SigmaCorrelation } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { CorrelationFinding } from '@tocsin/sigma/correlation/run-correlations.ts';
import { CorrelationRunner, firstText } from '@tocsin/sigma/correlation/run-correlations.ts';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import type { ScanMatch } from './match-report.ts';
import type { ScanEvent } from './scan-event.ts';

/** Most matches kept for correlations: they run at the end, over all files merged by time. */
export const CORRELATED_MATCHES_MAX = 2_000_000;
/** Records named in `(events)`. */
const RECORDS_NAMED_MAX = 10;

interface Kept {
  readonly file: string;
  readonly index: number;
  readonly time: number;
  readonly rules: readonly SigmaRule[];
  /** Only what correlations read. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Collects what correlations look at while files are read, and runs them when all are. */
export class ScanCorrelations {
  readonly #runner: CorrelationRunner;
  readonly #fields = new Map<SigmaRule, readonly string[]>();
  readonly #kept: Kept[] = [];
  #newest = Number.NEGATIVE_INFINITY;
  /** Matches that no correlation sees: their records state no time, or there are too many. */
  withoutTime = 0;
  tooMany = 0;

  constructor(correlations: readonly SigmaCorrelation[], rules: readonly SigmaRule[]) {
    this.#runner = new CorrelationRunner(correlations, { latenessMs: 0 });
    for (const rule of rules) {
      if (this.#runner.wants(rule)) this.#fields.set(rule, [...this.#runner.fieldsOf(rule)]);
    }
  }

  /** Notes a record: its time lets windows end, its matches may be members. */
  note(event: ScanEvent, file: string, index: number, matched: readonly SigmaRule[]): void {
    const { time } = event;
    if (time !== undefined && time > this.#newest) this.#newest = time;
    const rules = matched.filter((rule) => this.#fields.has(rule));
    if (rules.length === 0) return;
    if (time === undefined) this.withoutTime += 1;
    else if (this.#kept.length >= CORRELATED_MATCHES_MAX) this.tooMany += 1;
    else this.#kept.push({ file, index, time, rules, fields: this.#read(event, rules) });
  }

  /**
   * Runs the correlations over everything noted, in order of time. What lies after the last record is not judged.
   *
   * @param silent keys of what does not alert by itself
   */
  findings(silent: ReadonlySet<string>): ScanMatch[] {
    const places = new Map<string, Kept>();
    const found: ScanMatch[] = [];
    const report = (findings: readonly CorrelationFinding[]): void => {
      for (const finding of findings) {
        const match = matchOfFinding(finding, places);
        if (!silent.has(finding.correlation.key)) found.push(match);
      }
    };
    const ordered = this.#kept.toSorted((a, b) => a.time - b.time);
    for (const [number, kept] of ordered.entries()) {
      const id = String(number);
      places.set(id, kept);
      report(this.#runner.add(id, kept.time, kept.fields, kept.rules));
    }
    if (Number.isFinite(this.#newest)) report(this.#runner.advance(this.#newest));
    return found;
  }

  #read(event: ScanEvent, rules: readonly SigmaRule[]): Record<string, string> {
    const names = rules.flatMap((rule) => this.#fields.get(rule) ?? []);
    const texts = names.map((name) => [name, firstText(event.fields, name)] as const);
    return Object.fromEntries(
      texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
    );
  }
}

function matchOfFinding(
  { correlation, result }: CorrelationFinding,
  places: Map<string, Kept>,
): ScanMatch {
  const members = result.memberIds.flatMap((id) => places.get(id) ?? []);
  const last = members.at(-1);
  // For the correlation above, a result stands where its last record stands.
  if (last !== undefined) places.set(result.id, last);
  const named = members.slice(-RECORDS_NAMED_MAX).map(({ file, index }) => `${file}:${index}`);
  return {
    rule_id: correlation.id,
    title: correlation.title,
    level: correlation.level ?? null,
    file: last?.file ?? '',
    index: last?.index ?? -1,
    time: new Date(result.at).toISOString(),
    fields: {
      ...result.values,
      '(value)': String(result.value),
      ...(named.length > 0 && { '(events)': named.join(' ') }),
    },
  };
}
