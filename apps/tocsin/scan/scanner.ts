import { isProblem } from '@tocsin/kernel/problem.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { SigmaContent } from '@tocsin/sigma/load-sigma.ts';
import { type RuleCost, type RuleMatcher, RuleSet } from '@tocsin/sigma/rule-set.ts';
import { countInWords } from '../cli/in-words.ts';
import { decidingFields } from './deciding-fields.ts';
import { type MatchReport, matchOf, type ScanMatch } from './match-report.ts';
import { openLog } from './open-log.ts';
import { type LogPart, readLog } from './read-log.ts';
import { ScanCorrelations } from './scan-correlations.ts';
import type { ScanCounts } from './scan-counts.ts';
import type { ScanEvent } from './scan-event.ts';

/** Sentences about damage printed for a file; more are counted. */
export const FILE_SENTENCES_MAX = 10;

/** What a scanner works with. */
export interface ScannerParts {
  /** Try every rule on every event. */
  readonly anyLogsource: boolean;
  /** Milliseconds since 1970: the age of standard input, which has none. */
  readonly now: number;
  readonly counts: ScanCounts;
  readonly report: MatchReport;
  /** Ends the scan between two parts of a file. */
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly progress: (text: string) => void;
}

/** Matches logs against rules, one after another. */
export class Scanner {
  readonly #rules: RuleSet;
  readonly #parts: ScannerParts;

  readonly #silent: ReadonlySet<string>;
  readonly #correlations: ScanCorrelations;

  constructor({ rules, correlations, silent }: SigmaContent, parts: ScannerParts) {
    this.#rules = new RuleSet(rules, { now: () => performance.now() });
    this.#silent = silent;
    this.#correlations = new ScanCorrelations(correlations, rules);
    this.#parts = parts;
  }

  /** Scans files in order. One that cannot be read is named and counted, and the next is read. */
  async scan(paths: readonly string[]): Promise<void> {
    const { counts, note, progress, signal } = this.#parts;
    for (const path of paths) {
      if (signal.aborted) return;
      try {
        const isRead = await this.#file(path, (events) =>
          progress(
            `${counts.files + 1}/${paths.length} ${path}: ${countInWords(events)} events, ${countInWords(counts.matches)} matches`,
          ),
        );
        if (isRead) counts.files += 1;
        else if (!signal.aborted) counts.filesFailed += 1;
      } catch (error) {
        if (!isOutside(error)) throw error;
        counts.filesFailed += 1;
        progress('');
        note(`${path}: ${isProblem(error) ? (error.detail ?? error.message) : error.message}`);
      }
    }
  }

  /** What rules have cost, the costliest first. */
  costs(): readonly RuleCost[] {
    return this.#rules.costs();
  }

  /** Runs the correlations over all files, merged by time. Once, after {@link Scanner.scan}. */
  async correlate(): Promise<void> {
    const { note, report } = this.#parts;
    for (const match of this.#correlations.findings(this.#silent)) {
      this.#report(match, match.rule_id || match.title);
    }
    await report.flush();
    const { withoutTime, tooMany } = this.#correlations;
    if (withoutTime > 0) {
      note(`${withoutTime} matches are in no correlation: their records state no time`);
    }
    if (tooMany > 0) note(`${tooMany} matches are in no correlation: scan fewer files at once`);
  }

  /** @returns whether it was read to its end; not, where damage left nothing of it */
  async #file(path: string, tell: (events: number) => void): Promise<boolean> {
    const log = await openLog(path, this.#parts.now);
    const said = { sentences: 0 };
    let index = 0;
    let isDamaged = false;
    try {
      for await (const part of readLog(log)) {
        if (this.#parts.signal.aborted) return false;
        if (part.faultCount > 0 && !part.isPassedOver) isDamaged = true;
        for (const event of part.events) {
          this.#event(event, path, index);
          index += 1;
        }
        this.#damage(part, path, said);
        await this.#parts.report.flush();
        tell(index);
      }
    } finally {
      log.close();
    }
    return index > 0 || !isDamaged;
  }

  #event(event: ScanEvent, file: string, index: number): void {
    const { counts } = this.#parts;
    counts.events += 1;
    if (event.failed) counts.eventsFailed += 1;
    if (event.logsources.length === 0) counts.eventsWithoutLogsource += 1;
    const matched = this.#matcher(event).match(event.fields);
    this.#correlations.note(event, file, index, matched);
    for (const rule of matched) {
      if (this.#silent.size > 0 && this.#silent.has(ruleKey(rule))) continue;
      const { fields, places } = decidingFields(rule.expression, event.fields);
      this.#report(matchOf(rule, { file, index, time: event.time }, fields), ruleKey(rule), places);
    }
  }

  #report(match: ScanMatch, key: string, places?: ReadonlyMap<string, number>): void {
    const { counts, report } = this.#parts;
    const level = match.level ?? 'none';
    counts.matches += 1;
    counts.byLevel.set(level, (counts.byLevel.get(level) ?? 0) + 1);
    counts.rulesMatched.add(key);
    report.add(match, places);
  }

  #matcher(event: ScanEvent): RuleMatcher {
    return this.#parts.anyLogsource
      ? this.#rules.matcherForAny()
      : this.#rules.matcherFor(event.logsources);
  }

  #damage({ faults, faultCount }: LogPart, path: string, said: { sentences: number }): void {
    const { counts, note, progress } = this.#parts;
    counts.faults += faultCount;
    if (faults.length > 0) progress('');
    for (const fault of faults) {
      said.sentences += 1;
      if (said.sentences <= FILE_SENTENCES_MAX) note(`${path}: ${fault}`);
      else if (said.sentences === FILE_SENTENCES_MAX + 1) note(`${path}: and more of this`);
    }
  }
}

/** A failure of the file, its packing or the disk; everything else is a fault of ours. */
function isOutside(error: unknown): error is Error {
  return isProblem(error) || (error instanceof Error && 'code' in error);
}
