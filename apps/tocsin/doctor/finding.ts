/** How serious a finding is. `fail`: Tocsin will not work. `warn`: it will, with a risk that is named. */
export type Verdict = 'ok' | 'warn' | 'fail';

/** What one check of this machine found. */
export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  /** What was found, in one sentence. */
  readonly found: string;
  /** What to do about it; absent when nothing. */
  readonly advice?: string;
}

/** A finding that needs nothing. */
export function fine(check: string, found: string): Finding {
  return { check, verdict: 'ok', found };
}

/** A finding that needs something. */
export function trouble(
  check: string,
  verdict: 'warn' | 'fail',
  found: string,
  advice: string,
): Finding {
  return { check, verdict, found, advice };
}
