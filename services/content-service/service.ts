import type { Route } from '@tocsin/http/route.ts';
import type { ContentDeps } from './content-deps.ts';
import { changeRuleRoute } from './routes/change-rule.ts';
import { createRuleRoute } from './routes/create-rule.ts';
import { createSigmaRuleRoute } from './routes/create-sigma-rule.ts';
import { dryRunRoute } from './routes/dry-run.ts';
import { getRuleRoute } from './routes/get-rule.ts';
import { listDeferredRulesRoute } from './routes/list-deferred-rules.ts';
import { listRulesRoute } from './routes/list-rules.ts';
import { listVersionsRoute } from './routes/list-versions.ts';
import { putRuleRoute } from './routes/put-rule.ts';
import { putRuleBackRoute } from './routes/put-rule-back.ts';
import { putSigmaRuleRoute } from './routes/put-sigma-rule.ts';
import { validateRuleRoute } from './routes/validate-rule.ts';

/** Keeps the detection rules of tenants. */
export function createContentService(deps: ContentDeps): {
  name: string;
  routes: readonly Route[];
} {
  return {
    name: 'content-service',
    routes: [
      listRulesRoute(deps),
      createRuleRoute(deps),
      createSigmaRuleRoute(deps),
      putSigmaRuleRoute(deps),
      validateRuleRoute(deps),
      dryRunRoute(deps),
      getRuleRoute(deps),
      putRuleRoute(deps),
      changeRuleRoute(deps),
      listVersionsRoute(deps),
      listDeferredRulesRoute(deps),
      putRuleBackRoute(deps),
    ],
  };
}
