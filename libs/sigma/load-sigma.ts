import { compileCorrelations } from './correlation/compile-correlations.ts';
import type { SigmaCorrelation } from './correlation/correlation-rule.ts';
import type { SigmaFault } from './fault.ts';
import type { SigmaFilter } from './rule/filter.ts';
import {
  type InactiveRule,
  type LoadOptions,
  loadRules,
  type RuleFile,
} from './rule/load-rules.ts';
import type { SigmaRule } from './rule/rule.ts';

/** Everything that files of Sigma documents say: each document is loaded, inactive or refused, none half. */
export interface SigmaContent {
  /** Documents after collection actions. */
  readonly documents: number;
  readonly rules: readonly SigmaRule[];
  readonly filters: readonly SigmaFilter[];
  readonly correlations: readonly SigmaCorrelation[];
  /** Keys of the rules that do not alert by themselves, because a correlation stands for them. */
  readonly silent: ReadonlySet<string>;
  readonly inactive: readonly InactiveRule[];
  readonly refused: readonly SigmaFault[];
  readonly warnings: readonly SigmaFault[];
}

/** Reads rules, filters and correlations from files. Pure. UNTRUSTED texts. */
export function loadSigma(files: readonly RuleFile[], options: LoadOptions = {}): SigmaContent {
  const loaded = loadRules(files, options);
  const { correlations, silent, inactive, refused } = compileCorrelations(loaded);
  return {
    documents: loaded.documents,
    rules: loaded.rules,
    filters: loaded.filters,
    correlations,
    silent,
    inactive: [...loaded.inactive, ...inactive],
    refused: [...loaded.refused, ...refused],
    warnings: loaded.warnings,
  };
}
