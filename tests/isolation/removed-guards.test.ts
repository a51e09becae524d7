import type { Permission } from '@tocsin/auth/role.ts';
import type { Route } from '@tocsin/http/route.ts';
import {
  type AccessProbe,
  accessMatrix,
  type DescribedApi,
} from '@tocsin/http/testing/access-matrix.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { describe, expect, it } from 'vitest';
import { routeTables } from '../../apps/tocsin/processes/testing/route-tables.ts';
import { DOCUMENT } from './operations.ts';

/** A change that takes a guard away or puts another in its place. */
interface Mutation {
  readonly name: string;
  mutate(route: Route): Route;
}

const MUTATIONS: readonly Mutation[] = [
  {
    name: 'open to anyone',
    mutate: (route) => ({ ...route, scope: 'public', permission: 'none' }) as unknown as Route,
  },
  {
    name: 'not tied to a tenant',
    mutate: (route) =>
      ({ ...route, scope: route.scope === 'tenant' ? 'platform' : 'tenant' }) as unknown as Route,
  },
  { name: 'with a weaker permission', mutate: (route) => guardedBy(route, 'cases:read') },
  { name: 'with a stronger permission', mutate: (route) => guardedBy(route, 'tenants:write') },
];

/** Permissions that the same roles have: only scopes of keys and the API document tell them apart. */
const SAME_ROLES: Readonly<Record<string, readonly string[]>> = {
  'with a weaker permission': [
    'events:read',
    'alerts:read',
    'incidents:read',
    'cases:read',
    'rules:read',
    'queues:read',
    'notifications:read',
  ],
  'with a stronger permission': ['tenants:read', 'tenants:write'],
};

function guardedBy(route: Route, permission: Permission): Route {
  return { ...route, permission } as unknown as Route;
}

const guarded = (routeTables()[0]?.routes ?? []).filter(({ scope }) => scope !== 'public');

describe('a guard that is taken away', () => {
  it.each(MUTATIONS)('turns the route matrix red on every route: $name', async (mutation) => {
    const unnoticed = [];
    for (const route of guarded) {
      if (SAME_ROLES[mutation.name]?.includes(route.permission)) continue;
      const faults = await faultsOf(mutation.mutate(route));
      if (faults === 0) unnoticed.push(`${route.method} ${route.path}`);
    }
    expect(unnoticed).toEqual([]);
  });

  it('was needed: with their own guards all routes are as the document says', async () => {
    expect(guarded.length).toBeGreaterThan(20);
    for (const route of guarded) expect(await faultsOf(route), route.operationId).toBe(0);
  });

  it.each(['scope', 'permission'])('keeps the process from starting: no %s', async (member) => {
    for (const route of guarded) {
      const without = { ...route, [member]: undefined } as unknown as Route;
      await expect(testServer([without]), route.operationId).rejects.toThrow('declares a scope');
    }
  });
});

/** How many probes of the kept document a route answers otherwise. Only what stands before its handler is asked. */
async function faultsOf(route: Route): Promise<number> {
  const {
    params: _p,
    query: _q,
    body: _b,
    kind: _k,
    ...guards
  } = route as unknown as Record<string, unknown>;
  const handle = async () => ({ status: 204 });
  const up = await testServer([{ ...guards, handle } as unknown as Route]);
  try {
    let faults = 0;
    for (const probe of probesOf(route)) if (!(await isAsExpected(up, probe))) faults += 1;
    return faults;
  } finally {
    await up.server.close();
  }
}

function probesOf({ path, method }: Route): AccessProbe[] {
  const operation = DOCUMENT.paths[path]?.[method.toLowerCase()];
  const paths = { [path]: { [method.toLowerCase()]: operation } };
  return accessMatrix({ paths } as unknown as DescribedApi);
}

async function isAsExpected(up: TestServer, probe: AccessProbe): Promise<boolean> {
  const { method, url, caller, tenantHeader, expected } = probe;
  const header =
    tenantHeader === 'absent'
      ? {}
      : { 'x-tenant-id': tenantHeader === 'own' ? 'acme-corp' : 'globex' };
  const isKnown = caller !== 'none' && caller !== 'garbage';
  const known = isKnown ? (await up.headers({ role: caller })).authorization : undefined;
  const bearer = caller === 'garbage' ? 'Bearer a.b.c' : known;
  const authorization = bearer === undefined ? {} : { authorization: bearer };
  const answer = await up.server.app.inject({
    method: method as 'GET',
    url,
    headers: { ...header, ...authorization },
  });
  if (expected !== 'past') return answer.statusCode === expected;
  return answer.statusCode === 204;
}
