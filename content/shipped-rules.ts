import type { RuleDocument } from './rule-document.ts';
import { RULE_PACK } from './rule-pack.ts';
import { CLOUDOPS_RULES } from './rules/cloudops.ts';

/** Every rule that ships: those that watch all tenants, and packs that a tenant switches on. */
export const SHIPPED_RULES: readonly RuleDocument[] = [...RULE_PACK, ...CLOUDOPS_RULES];
