import { hash } from 'node:crypto';
import {
  alertId,
  DAY,
  HOUR,
  logEntries,
  recordingAssignment,
  scoredAlert,
} from '@tocsin/correlate-service/testing/scored-alerts.ts';
import { testTenant } from '@tocsin/database/testing/test-database.ts';
import { headersOf } from './callers.ts';
import type { House } from './house.ts';

/** What one tenant has: ids by kind, and a word that stands in every text of it and nowhere else. */
export interface Belongings {
  readonly tenant: string;
  readonly canary: string;
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** Further ids, which no test sends: whoever shows one has it from the tenant. */
  readonly untold: readonly string[];
  readonly cursors: readonly string[];
  /** API keys by the scope they have. */
  readonly keys: Readonly<Record<string, string>>;
}

const ALERTS = 3;
const EVENTS = 5;
const SESSIONS = 3;

/** Makes a tenant in a house, with some of everything. */
export async function settle(house: House, tenant: string, canary: string): Promise<Belongings> {
  await ask(house, 'POST', '/v1/tenants', {
    role: 'platform_admin',
    body: { tenant_id: tenant, name: tenant, retention_days: 90, data_residency: 'us-east' },
  });
  const alerts = await sendAlerts(house, tenant, canary);
  const events = await storeEvents(house, tenant, canary);
  const as = { tenant, role: 'tenant_admin' } as const;
  const made = await ask(house, 'POST', '/v1/cases', {
    ...as,
    body: { title: canary, description: canary, alert_ids: [alerts[0]] },
  });
  const id = String(made['id'] ?? made['case_id']);
  const said = await ask(house, 'POST', `/v1/cases/${id}/comments`, {
    ...as,
    body: { body: canary },
  });
  const incidents = await ask(house, 'GET', '/v1/incidents?limit=1', as);
  const keys: Record<string, string> = {};
  const keyIds: string[] = [];
  for (const scope of ['events:write', 'cases:read', 'alerts:write']) {
    const body = { name: `${canary} ${scope}`, scopes: [scope] };
    const key = await ask(house, 'POST', '/v1/api-keys', { ...as, body });
    keys[scope] = String(key['api_key']);
    keyIds.push(String(key['key_id']));
  }
  const accepted = await ask(house, 'POST', '/v1/ingest/events', {
    ...as,
    body: { category: 'ops', attributes: { note: canary } },
  });
  const rule = `rule-of-${tenant}`;
  await ask(house, 'POST', '/v1/rules', {
    ...as,
    body: {
      id: rule,
      name: 'a_rule',
      kind: 'match',
      title: canary,
      description: canary,
      severity: 5,
      category: 'auth',
      condition: { field: 'message', contains: canary },
      parameters: {},
      tags: [canary],
    },
  });
  const sessions = await logIn(house, tenant, canary);
  const cursors = [];
  for (const path of [
    'alerts',
    'incidents',
    'cases',
    'events/search',
    'api-keys',
    'audit',
    'rules',
    'sessions',
  ]) {
    const { next_cursor } = await ask(house, 'GET', `/v1/${path}?limit=1`, as);
    if (typeof next_cursor === 'string') cursors.push(next_cursor);
  }
  return {
    tenant,
    canary,
    keys,
    cursors,
    untold: [...alerts.slice(-1), ...events.slice(-2), ...keyIds.slice(-1)],
    ids: {
      alert: alerts.slice(0, -1),
      event: events.slice(0, -2),
      case: [id],
      comment: [String(said['id'] ?? said['comment_id'])],
      incident: idsOf(incidents, 'incident_id'),
      rule: [rule],
      key: keyIds.slice(0, -1),
      session: sessions,
      receipt: [String(accepted['receipt'])],
    },
  };
}

interface Asking {
  readonly tenant?: string;
  readonly role?: 'tenant_admin' | 'platform_admin';
  readonly body?: unknown;
}

/** A request that must succeed. */
async function ask(house: House, method: 'GET' | 'POST', url: string, asking: Asking) {
  const { role = 'tenant_admin', tenant, body } = asking;
  const answer = await house.server.app.inject({
    method,
    url,
    headers: await headersOf(house.issuer, role, tenant),
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.payload}`);
  return answer.json() as Record<string, unknown>;
}

function idsOf(page: Record<string, unknown>, member: string): string[] {
  return (page['items'] as Record<string, unknown>[]).map((item) => String(item[member]));
}

async function sendAlerts(house: House, tenant: string, canary: string): Promise<string[]> {
  const names = Array.from({ length: ALERTS }, (_, index) => `${tenant}/${index}`);
  const alerts = names.map((name, index) =>
    scoredAlert(name, {
      tenant_id: tenant,
      atMs: DAY + index * HOUR,
      title: canary,
      description: canary,
      actor: { type: 'user', id: canary, name: canary },
      hosts: [canary],
      tags: [canary],
      group: { 'actor.id': canary },
    }),
  );
  const consumer = house.services.consumers.find(({ topic }) => topic === 'alerts.scored');
  if (consumer === undefined) throw new Error('nobody takes alerts');
  await consumer.handler.handle(logEntries([alerts], tenant), recordingAssignment());
  return names.map(alertId);
}

async function storeEvents(house: House, tenant: string, canary: string): Promise<string[]> {
  const ids = Array.from({ length: EVENTS }, (_, index) => alertId(`${tenant}/event/${index}`));
  const rows = ids.map((event_id, index) => ({
    event_id,
    tenant_id: tenant,
    category: 'auth',
    severity: 5,
    message: canary,
    timestamp: new Date(DAY + index * HOUR).toISOString(),
    ingested_at: new Date(DAY + index * HOUR).toISOString(),
    actor: { type: 'user', id: canary, name: canary },
    source: { system: 'test', integration: 'canonical', host: canary },
    attributes: { note: canary },
    tags: [canary],
    matched_rules: [],
  }));
  await house.events.append(testTenant(tenant), 'events', rows, { source: 'test', offset: 1 });
  return ids;
}

/** People of the tenant who are logged in; nobody's browser has their cookies. */
async function logIn(house: House, tenant: string, canary: string): Promise<string[]> {
  const ids = Array.from({ length: SESSIONS }, (_, index) => alertId(`${tenant}/session/${index}`));
  const now = Date.now();
  for (const session_id of ids) {
    await house.db.database.inPlatform((tx) =>
      tx
        .insertInto('login_sessions')
        .values({
          session_id,
          session_hash: hash('sha256', session_id),
          subject: `person of ${tenant}`,
          display_name: canary,
          tenant_id: tenant,
          role: 'soc_analyst',
          created_at: new Date(now),
          // Nobody is idle for as long as a test takes.
          last_seen_at: new Date(now + 24 * HOUR),
          expires_at: new Date(now + 24 * HOUR),
          id_token_sealed: null,
          provider_session: null,
        })
        .execute(),
    );
  }
  return ids;
}
