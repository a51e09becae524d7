import type { PlatformTransaction } from '@tocsin/database/database.ts';
import type { ContentDeps, DeferredNow } from './content-deps.ts';
import { type PlatformDeferred, renderDeferred } from './domain/deferred-view.ts';
import { listPutBacks } from './put-back-records.ts';

/** Which rules are off the hot path; asked before a transaction, because it asks another process. */
export async function deferredNow({ deferred }: ContentDeps): Promise<DeferredNow> {
  return (await deferred?.()) ?? { rules: [], waiting: [] };
}

/** What finds the deferred rules of the installation, with what people wanted of them, in a transaction. */
export async function platformDeferred(
  deps: ContentDeps,
): Promise<(tx: PlatformTransaction) => Promise<PlatformDeferred[]>> {
  const { rules, waiting } = await deferredNow(deps);
  const frames = waiting.reduce((sum, one) => sum + one.frames, 0);
  return async (tx) => {
    const asked = new Map((await listPutBacks(tx)).map((row) => [row.rule_id, row]));
    return rules
      .filter(({ tenantId }) => tenantId === '')
      .map((rule) => renderDeferred(rule, frames, asked.get(rule.ruleId)));
  };
}
