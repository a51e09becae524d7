import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { Case } from '@tocsin/contracts/case.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { writeOutbox } from '@tocsin/database/outbox.ts';
import { caseDocument } from '@tocsin/database/records/case-record.ts';
import { addCaseEntries, caseEntry } from '@tocsin/database/records/case-timeline.ts';
import { checkIfMatch, etagOf } from '@tocsin/http/etag.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { CaseDeps } from '../case-deps.ts';
import { caseMessage } from '../case-messages.ts';
import { type CaseColumns, changesOf, describeChange } from '../domain/case-change.ts';
import { CaseChange, checkMetadata } from '../domain/case-input.ts';
import { isOpenCase } from '../domain/case-transitions.ts';
import { type CaseRow, changeCase, claimIncident, getCaseForChange } from '../records/cases.ts';

/** `PATCH /v1/cases/{id}`, and `PUT` for callers of X-08: both change the members given and no others. */
export function changeCaseRoutes(deps: CaseDeps): readonly Route[] {
  return [changeRoute(deps, 'PATCH', 'changeCase'), changeRoute(deps, 'PUT', 'putCase')];
}

function changeRoute(deps: CaseDeps, method: 'PATCH' | 'PUT', operationId: string): Route {
  return tenantRoute({
    method,
    path: '/v1/cases/{id}',
    operationId,
    summary: 'Changes members of a case (If-Match)',
    tags: ['cases'],
    permission: 'cases:write',
    params: idParams,
    body: CaseChange,
    responses: { 200: Case },
    handle: async (tenant, { params, body, headers, requestId }) => {
      const caseId = pathId(params.id, 'case');
      checkMetadata(body.metadata);
      const now = new Date(deps.world.clock.now());
      const row = await deps.database.inTenant(tenant, async (tx) => {
        const before = await getCaseForChange(tx, tenant, caseId);
        checkIfMatch(headers, before.version);
        const change = changesOf(before, body, now);
        if (change === undefined) return before;
        return store(tx, tenant, before, change, now, requestId);
      });
      deps.committed?.();
      return { status: 200, body: caseDocument(row), headers: { etag: etagOf(row.version) } };
    },
  });
}

async function store(
  tx: TenantTransaction,
  tenant: TenantContext,
  before: CaseRow,
  change: CaseColumns,
  now: Date,
  requestId: string,
): Promise<CaseRow> {
  const reopened = !isOpenCase(before.status) && isOpenCase(change.status ?? before.status);
  if (reopened && before.incident_id !== null) await claimIncident(tx, tenant, before.incident_id);
  const after = await changeCase(tx, tenant, before, change, now);
  const { summary, detail } = describeChange(before, after);
  await addCaseEntries(tx, [
    caseEntry(tenant, before.case_id, `change/${after.version}`, {
      at: now,
      kind: before.status === after.status ? 'changed' : 'status_changed',
      summary,
      detail,
    }),
  ]);
  await writeAudit(tx, tenant, {
    action: 'case.change',
    objectType: 'case',
    objectId: before.case_id,
    before: caseDocument(before),
    after: caseDocument(after),
    requestId,
  });
  const message = caseMessage(tenant, 'case.updated', after, now, requestId);
  await writeOutbox(tx, tenant, 'secplat.events.notify', message);
  return after;
}
