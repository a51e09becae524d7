import type { RuleDocument } from './rule-document.ts';
import { failedLoginThreshold } from './rules/failed-login-threshold.ts';

/** The rules that every installation has. Their order decides nothing. */
export const RULE_PACK: readonly RuleDocument[] = [failedLoginThreshold];
