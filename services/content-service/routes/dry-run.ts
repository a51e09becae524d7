import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { withQuery } from '@tocsin/query/with-query.ts';
import type { Document } from '@tocsin/search/search-store.ts';
import Type, { type Static } from 'typebox';
import type { ContentDeps, RuleMatch, TriedAlert } from '../content-deps.ts';
import { documentOf, RuleInput } from '../domain/rule-input.ts';
import { lockRule } from '../find-rule.ts';

/** Most events one dry run looks at. */
export const DRY_RUN_EVENTS_MAX = 20_000;
const PAGE_EVENTS = 200;
const SAMPLE_MAX = 20;
const RELATED_EVENTS_MAX = 10;
const GROUPS_MAX = 10_000;
const DAY_MS = 86_400_000;

const DryRun = Type.Object(
  {
    rule: Type.Optional(RuleInput),
    rule_id: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
    from: Type.Optional(Type.String({ format: 'date-time', description: 'A day ago when absent' })),
    to: Type.Optional(Type.String({ format: 'date-time', description: 'Now when absent' })),
    events_max: Type.Integer({ minimum: 1, maximum: DRY_RUN_EVENTS_MAX, default: 5_000 }),
    sample: Type.Integer({ minimum: 0, maximum: SAMPLE_MAX, default: 5 }),
  },
  { additionalProperties: false, title: 'Dry run' },
);
type DryRun = Static<typeof DryRun>;

const TriedAlertView = Type.Object({
  group: Type.String(),
  first_event_at: Type.String({ format: 'date-time' }),
  last_event_at: Type.String({ format: 'date-time' }),
  event_count: Type.Integer(),
  related_events: Type.Array(Type.String()),
});

const DryRunResult = Type.Object(
  {
    scanned: Type.Integer({ description: 'Events of the rule’s category that were looked at' }),
    complete: Type.Boolean({ description: 'No event of the range was left out by events_max' }),
    matched: Type.Integer(),
    groups: Type.Integer({ description: 'Groups the matches belong to' }),
    ungrouped: Type.Integer({ description: 'Matches without a value to group by' }),
    logsource_checked: Type.Boolean({
      description: 'False: the rule asks for a log source, which stored events do not tell',
    }),
    alerts: Type.Integer({
      description: 'Alerts that these events would have opened, by event time',
    }),
    alert_sample: Type.Array(TriedAlertView, { description: 'The first of them' }),
    sample: Type.Array(Type.Object({}, { additionalProperties: true })),
  },
  { title: 'Result of a dry run' },
);

/** `POST /v1/rules/dry-run`: what a rule would have matched, and the alerts it would have opened. Alerts nobody. */
export function dryRunRoute(deps: ContentDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/rules/dry-run',
    operationId: 'dryRunRule',
    summary: 'Try a rule on stored events',
    tags: ['rules'],
    permission: 'events:read',
    body: DryRun,
    responses: { 200: DryRunResult },
    handle: async (tenant, { body, signal }) => {
      const document = await ruleOf(deps, tenant, body);
      const found = await run(deps, tenant, document, body, signal);
      return {
        status: 200,
        body: { ...found, logsource_checked: document.logsources === undefined },
      };
    },
  });
}

async function ruleOf(
  deps: ContentDeps,
  tenant: TenantContext,
  { rule, rule_id }: DryRun,
): Promise<RuleDocument> {
  if ((rule === undefined) === (rule_id === undefined)) {
    throw new Problem('invalid_request', { detail: 'give either rule or rule_id' });
  }
  if (rule !== undefined) return documentOf(deps.ruleEngine, rule, 1);
  const known = await deps.database.inTenant(tenant, (tx) =>
    lockRule(deps, tx, tenant, rule_id ?? ''),
  );
  return known.document;
}

async function run(
  deps: ContentDeps,
  tenant: TenantContext,
  document: RuleDocument,
  asked: DryRun,
  signal: AbortSignal,
) {
  const trial = deps.ruleEngine.trial(document);
  const categories = trial.categories.map((category) => `category:${category}`).join(' or ');
  const range = rangeOf(asked, deps.world.clock.now());
  const sample: Document[] = [];
  const groups = new Set<string>();
  const counts = { scanned: 0, matched: 0, ungrouped: 0 };
  let cursor: string | undefined;
  do {
    const limit = Math.min(PAGE_EVENTS, asked.events_max - counts.scanned);
    const page = await withQuery(categories, (query) =>
      deps.events.search(tenant, {
        collection: 'events',
        query,
        range,
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    );
    for (const event of page.items) note(trial.note(event), event);
    counts.scanned += page.items.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined && counts.scanned < asked.events_max && !signal.aborted);
  const alerts = trial.alerts();
  return {
    ...counts,
    complete: cursor === undefined,
    groups: groups.size,
    alerts: alerts.length,
    alert_sample: alerts.slice(0, asked.sample).map(renderAlert),
    sample,
  };

  function note(matched: RuleMatch | undefined, event: Document): void {
    if (matched === undefined) return;
    counts.matched += 1;
    if (matched.group === undefined) counts.ungrouped += 1;
    else if (groups.size < GROUPS_MAX) groups.add(matched.group);
    if (sample.length < asked.sample) sample.push(event);
  }
}

function renderAlert({ group, firstAt, lastAt, count, eventIds }: TriedAlert) {
  return {
    group,
    first_event_at: new Date(firstAt).toISOString(),
    last_event_at: new Date(lastAt).toISOString(),
    event_count: count,
    related_events: eventIds.slice(0, RELATED_EVENTS_MAX),
  };
}

function rangeOf({ from, to }: DryRun, now: number): { from: number; to: number } {
  const end = to === undefined ? now : Date.parse(to);
  const begin = from === undefined ? end - DAY_MS : Date.parse(from);
  if (begin < end) return { from: begin, to: end };
  throw new Problem('invalid_request', {
    detail: 'the time range is empty: from must be before to',
    errors: [{ pointer: '/from', detail: 'must be before to' }],
  });
}
