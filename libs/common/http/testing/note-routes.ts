import { Problem } from '@tocsin/kernel/problem.ts';
import Type from 'typebox';
import { rawTenantRoute } from '../raw-route.ts';
import { platformRoute, publicRoute, tenantRoute } from '../route.ts';

const Note = Type.Object(
  { title: Type.String({ maxLength: 20 }), weight: Type.Optional(Type.Integer()) },
  { additionalProperties: false },
);

/** One route of each kind, for tests of what stands before and behind them all. */
export const noteRoutes = [
  tenantRoute({
    method: 'POST',
    path: '/v1/notes',
    operationId: 'createNote',
    summary: 'Writes a note',
    tags: ['notes'],
    permission: 'cases:write',
    body: Note,
    responses: { 201: Note },
    handle: async (tenant, { body }) => ({
      status: 201,
      body: { ...body, tenant: tenant.tenantId },
    }),
  }),
  tenantRoute({
    method: 'GET',
    path: '/v1/notes/{id}',
    operationId: 'getNote',
    summary: 'Reads a note',
    tags: ['notes'],
    permission: 'cases:read',
    params: Type.Object({ id: Type.String({ maxLength: 40 }) }),
    query: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }) }),
    responses: { 200: Note },
    handle: async (_tenant, { params, query }) => {
      if (params.id === 'gone') throw new Problem('not_found', { detail: 'there is no note gone' });
      if (params.id === 'broken') throw new TypeError('secret inner detail');
      if (params.id === 'endless') return { status: 200, body: { value: 1n } };
      if (params.id === 'busy') throw new Problem('unavailable', { retryAfterSeconds: 1.2 });
      return { status: 200, body: { id: params.id, limit: query.limit } };
    },
  }),
  rawTenantRoute({
    method: 'POST',
    path: '/v1/raw',
    operationId: 'postRaw',
    summary: 'Takes bytes',
    tags: ['raw'],
    permission: 'events:write',
    bodyBytesMax: 100,
    query: Type.Object({ source: Type.Optional(Type.String({ maxLength: 20 })) }),
    responses: {},
    handle: async (tenant, { body, contentEncoding, contentType, query }) => ({
      status: 202,
      body: {
        tenant: tenant.tenantId,
        bytes: body.toString('hex'),
        contentEncoding,
        contentType,
        source: query.source ?? '',
      },
    }),
  }),
  platformRoute({
    method: 'GET',
    path: '/v1/tenants',
    operationId: 'listTenants',
    summary: 'Lists tenants',
    tags: ['tenants'],
    permission: 'tenants:read',
    responses: {},
    handle: async (principal) => ({ status: 200, body: { by: principal.subject } }),
  }),
  publicRoute({
    method: 'GET',
    path: '/open',
    operationId: 'getOpen',
    summary: 'Open',
    tags: ['meta'],
    responses: {},
    handle: async () => ({ status: 200, body: { open: true } }),
  }),
];
