import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { Case } from '@tocsin/contracts/case.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { writeOutbox } from '@tocsin/database/outbox.ts';
import { linkAlerts, linkIncidentAlerts } from '@tocsin/database/records/case-alert-link.ts';
import { caseDocument, insertCases } from '@tocsin/database/records/case-record.ts';
import { etagOf } from '@tocsin/http/etag.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { CaseDeps } from '../case-deps.ts';
import { caseMessage } from '../case-messages.ts';
import { CaseInput, checkMetadata } from '../domain/case-input.ts';
import { checkSameRequest, type Idempotency, readIdempotency } from '../domain/idempotency.ts';
import {
  type CaseRow,
  checkAlerts,
  claimIncident,
  findByIdempotencyKey,
} from '../records/cases.ts';

/** Severity of a case that states none: medium. */
export const CASE_SEVERITY_DEFAULT = 5;

interface Creation {
  readonly input: CaseInput;
  readonly idempotency: Idempotency | undefined;
  readonly caseId: string;
  readonly now: Date;
  readonly requestId: string;
}

/** `POST /v1/cases`: for alerts, for an incident (its alerts are linked), or for neither. */
export function createCaseRoute(deps: CaseDeps): Route {
  const { clock, random } = deps.world;
  return tenantRoute({
    method: 'POST',
    path: '/v1/cases',
    operationId: 'createCase',
    summary: 'Opens a case (Idempotency-Key)',
    tags: ['cases'],
    permission: 'cases:write',
    body: CaseInput,
    responses: { 201: Case, 200: Case },
    handle: async (tenant, { body, headers, requestId }) => {
      checkMetadata(body.metadata);
      const creation = {
        input: body,
        idempotency: readIdempotency(headers['idempotency-key'], body),
        caseId: uuidV7(clock, random),
        now: new Date(clock.now()),
        requestId,
      };
      const row = await deps.database.inTenant(tenant, (tx) => openCase(tx, tenant, creation));
      deps.committed?.();
      return {
        status: row.case_id === creation.caseId ? 201 : 200,
        body: caseDocument(row),
        headers: { etag: etagOf(row.version), location: `/v1/cases/${row.case_id}` },
      };
    },
  });
}

async function openCase(
  tx: TenantTransaction,
  tenant: TenantContext,
  { input, idempotency, caseId, now, requestId }: Creation,
): Promise<CaseRow> {
  if (idempotency !== undefined) {
    const before = await findByIdempotencyKey(tx, tenant, idempotency);
    if (before !== undefined) {
      checkSameRequest(idempotency, before.idempotency_hash);
      return before;
    }
  }
  const incidentId = input.incident_id?.toLowerCase() ?? null;
  const alertIds = [...new Set(input.alert_ids?.map((alertId) => alertId.toLowerCase()))];
  if (incidentId !== null) await claimIncident(tx, tenant, incidentId);
  await checkAlerts(tx, tenant, alertIds);
  const [row] = await insertCases(
    tx,
    tenant,
    [
      {
        caseId,
        title: input.title,
        description: input.description ?? '',
        severity: input.severity ?? CASE_SEVERITY_DEFAULT,
        assignedTo: input.assigned_to ?? null,
        incidentId,
        metadata: { ...input.metadata },
        ...(idempotency === undefined ? {} : { idempotency }),
      },
    ],
    now,
  );
  assert(row !== undefined, 'an inserted case is returned');
  if (incidentId !== null) await linkIncidentAlerts(tx, tenant, [incidentId], now);
  if (alertIds.length > 0) await linkAlerts(tx, tenant, caseId, alertIds, now);
  await writeAudit(tx, tenant, {
    action: 'case.create',
    objectType: 'case',
    objectId: caseId,
    before: null,
    after: { ...caseDocument(row), alert_ids: alertIds },
    requestId,
  });
  const message = caseMessage(tenant, 'case.opened', row, now, requestId);
  await writeOutbox(tx, tenant, 'secplat.events.notify', message);
  return row;
}
