import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { parseReceipt } from '../domain/receipt.ts';
import { type FrameOutcome, receiptState } from '../domain/receipt-state.ts';

/** What the receipt route needs. */
export interface ReceiptDeps {
  readonly receiptKey: Buffer;
  /** Outcomes of those of the frames that are in the event store already. */
  readonly findOutcomes: (
    tenant: TenantContext,
    frameIds: readonly string[],
  ) => Promise<readonly FrameOutcome[]>;
}

const count = Type.Integer({ minimum: 0 });

/** `GET /v1/ingest/receipts/{id}`: what became of the items of one accepted request. */
export function getReceiptRoute(deps: ReceiptDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/ingest/receipts/{id}',
    operationId: 'getReceipt',
    summary: 'Tell what became of the items of an accepted request',
    tags: ['ingest'],
    permission: 'events:write',
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 4000 }) }),
    responses: {
      200: Type.Object(
        {
          accepted: count,
          stored: count,
          duplicate: count,
          dead_lettered: count,
          parse_failed: count,
          pending: count,
        },
        { title: 'Receipt' },
      ),
    },
    async handle(tenant, request) {
      const parts = parseReceipt(deps.receiptKey, tenant.tenantId, request.params.id);
      const outcomes = await deps.findOutcomes(
        tenant,
        parts.map((part) => part.frameId),
      );
      return { status: 200, body: receiptState(parts, outcomes) };
    },
  });
}
