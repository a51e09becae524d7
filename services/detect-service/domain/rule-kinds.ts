import { matchKind } from './kinds/match.ts';
import { sequenceKind } from './kinds/sequence.ts';
import { thresholdKind } from './kinds/threshold.ts';
import type { RuleKind } from './rule-kind.ts';

/** Every kind of rule. A new one is a file in `kinds/` and a line here. */
export const RULE_KINDS: readonly RuleKind[] = [matchKind, thresholdKind, sequenceKind];
