import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { Document } from './search-store.ts';

/** The documents, when each is of the tenant: the second lock behind the tenant filter of every statement (design 4.2). */
export function checkedDocuments<Row extends Document>(
  tenant: TenantContext,
  documents: readonly Row[],
): readonly Row[] {
  for (const document of documents) {
    assert(document.tenant_id === tenant.tenantId, "a search answers the tenant's own documents");
  }
  return documents;
}
