import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { addCaseEntries, caseEntry } from '@tocsin/database/records/case-timeline.ts';
import type { CaseLinkTable } from '@tocsin/database/workflow-tables.ts';
import { idParams, notFound, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { Selectable } from 'kysely';
import Type from 'typebox';
import type { CaseDeps } from '../case-deps.ts';
import {
  CASE_LINKS_MAX,
  CaseLink,
  CaseLinkInput,
  type LinkTarget,
  linkDocument,
  linkTarget,
} from '../domain/case-link.ts';
import { getCase, getCaseForChange } from '../records/cases.ts';

const linkParams = Type.Object({
  id: Type.String({ maxLength: 200, description: 'A UUID' }),
  link_id: Type.String({ maxLength: 200, description: 'A UUID' }),
});

/** `POST`, `GET /v1/cases/{id}/links` and `DELETE /v1/cases/{id}/links/{link_id}`. */
export function caseLinkRoutes(deps: CaseDeps): readonly Route[] {
  return [addLinkRoute(deps), listLinksRoute(deps), removeLinkRoute(deps)];
}

function addLinkRoute({ database, world }: CaseDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/cases/{id}/links',
    operationId: 'addCaseLink',
    summary: 'Links a case to another case, or to a page elsewhere',
    tags: ['cases'],
    permission: 'cases:write',
    params: idParams,
    body: CaseLinkInput,
    responses: { 200: CaseLink, 201: CaseLink },
    handle: async (tenant, { params, body, requestId }) => {
      const caseId = pathId(params.id, 'case');
      const target = linkTarget(body, caseId);
      const added = {
        linkId: uuidV7(world.clock, world.random),
        title: body.title ?? '',
        at: new Date(world.clock.now()),
      };
      const { row, isNew } = await database.inTenant(tenant, async (tx) => {
        await getCaseForChange(tx, tenant, caseId);
        if (target.relation !== 'url') await getCase(tx, tenant, target.caseId);
        const links = await linksOf(tx, tenant, caseId);
        const known = links.find((link) => leadsTo(link, target));
        if (known !== undefined) return { row: known, isNew: false };
        if (links.length >= CASE_LINKS_MAX) {
          throw new Problem('conflict', { detail: `a case has at most ${CASE_LINKS_MAX} links` });
        }
        const stored = await insertLink(tx, tenant, caseId, target, added);
        await record(tx, tenant, { row: stored, removed: false, at: added.at, requestId });
        return { row: stored, isNew: true };
      });
      return { status: isNew ? 201 : 200, body: linkDocument(row) };
    },
  });
}

function listLinksRoute({ database }: CaseDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/cases/{id}/links',
    operationId: 'listCaseLinks',
    summary: 'Lists the links of a case, and those of other cases that lead to it',
    tags: ['cases'],
    permission: 'cases:read',
    params: idParams,
    responses: {
      200: Type.Object({ items: Type.Array(CaseLink), linked_from: Type.Array(CaseLink) }),
    },
    handle: async (tenant, { params }) => {
      const caseId = pathId(params.id, 'case');
      const body = await database.inTenant(tenant, async (tx) => {
        await getCase(tx, tenant, caseId);
        const from = await tx
          .selectFrom('case_links')
          .selectAll()
          .where('tenant_id', '=', tenant.tenantId)
          .where('other_case_id', '=', caseId)
          .orderBy('created_at', 'desc')
          .limit(CASE_LINKS_MAX)
          .execute();
        const items = await linksOf(tx, tenant, caseId);
        return { items: items.map(linkDocument), linked_from: from.map(linkDocument) };
      });
      return { status: 200, body };
    },
  });
}

function removeLinkRoute({ database, world }: CaseDeps): Route {
  return tenantRoute({
    method: 'DELETE',
    path: '/v1/cases/{id}/links/{link_id}',
    operationId: 'removeCaseLink',
    summary: 'Removes a link of a case',
    tags: ['cases'],
    permission: 'cases:write',
    params: linkParams,
    responses: { 204: undefined },
    handle: async (tenant, { params, requestId }) => {
      const caseId = pathId(params.id, 'case');
      const linkId = pathId(params.link_id, 'link');
      const at = new Date(world.clock.now());
      await database.inTenant(tenant, async (tx) => {
        await getCaseForChange(tx, tenant, caseId);
        const row = await tx
          .deleteFrom('case_links')
          .where('tenant_id', '=', tenant.tenantId)
          .where('case_id', '=', caseId)
          .where('link_id', '=', linkId)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) throw notFound('link', linkId);
        await record(tx, tenant, { row, removed: true, at, requestId });
      });
      return { status: 204 };
    },
  });
}

function linksOf(tx: TenantTransaction, tenant: TenantContext, caseId: string) {
  return tx
    .selectFrom('case_links')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('case_id', '=', caseId)
    .orderBy('created_at')
    .orderBy('link_id')
    .execute();
}

function leadsTo(link: Selectable<CaseLinkTable>, target: LinkTarget): boolean {
  if (target.relation === 'url') return link.url === target.url;
  return link.relation === target.relation && link.other_case_id === target.caseId;
}

function insertLink(
  tx: TenantTransaction,
  tenant: TenantContext,
  caseId: string,
  target: LinkTarget,
  { linkId, title, at }: { readonly linkId: string; readonly title: string; readonly at: Date },
): Promise<Selectable<CaseLinkTable>> {
  return tx
    .insertInto('case_links')
    .values({
      tenant_id: tenant.tenantId,
      case_id: caseId,
      link_id: linkId,
      relation: target.relation,
      other_case_id: target.relation === 'url' ? null : target.caseId,
      url: target.relation === 'url' ? target.url : null,
      title,
      created_at: at,
      created_by: tenant.actor,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function record(
  tx: TenantTransaction,
  tenant: TenantContext,
  {
    row,
    removed,
    at,
    requestId,
  }: {
    readonly row: Selectable<CaseLinkTable>;
    readonly removed: boolean;
    readonly at: Date;
    readonly requestId: string;
  },
): Promise<void> {
  const link = linkDocument(row);
  const name = removed ? 'link_removed' : 'linked';
  await addCaseEntries(tx, [
    caseEntry(tenant, row.case_id, `${name}/${row.link_id}`, {
      at,
      kind: name,
      summary: removed ? 'A link was removed' : 'A link was added',
      detail: link,
    }),
  ]);
  await writeAudit(tx, tenant, {
    action: removed ? 'case.remove_link' : 'case.add_link',
    objectType: 'case',
    objectId: row.case_id,
    before: removed ? link : null,
    after: removed ? null : link,
    requestId,
  });
}
