import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import type { Route } from '@tocsin/http/route.ts';
import { getRuleRoute } from './routes/get-rule.ts';
import { listRulesRoute } from './routes/list-rules.ts';

/** What the content service may be given. */
export interface ContentServiceDeps {
  /** Default: the rules that ship with the product. */
  readonly rules?: readonly RuleDocument[];
}

/** Shows the detection rules. */
export function createContentService(deps: ContentServiceDeps = {}): {
  name: string;
  routes: readonly Route[];
} {
  const rules = deps.rules ?? RULE_PACK;
  return { name: 'content-service', routes: [listRulesRoute(rules), getRuleRoute(rules)] };
}
