import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAudit, writePlatformAudit } from '@tocsin/database/audit.ts';
import { silentLog } from '@tocsin/database/log.ts';
import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import { asAdmin as connectAsAdmin } from '@tocsin/database/testing/test-server.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIT_PUBLIC_FILE, openAuditKey, rotateAuditKey } from './audit-key.ts';
import { keyIdOf, parseStatement, type Statement } from './domain/statement.ts';
import { type AuditKnowledge, AuditVerifier } from './domain/verify-export.ts';
import { readHead } from './head-file.ts';
import { type AuditService, createAuditService } from './service.ts';
import { tamper } from './testing/tamper.ts';

let folder: string;
let db: TestDatabase;
let service: AuditService;
let metrics: Metrics;
let http: TestServer;
let key: Awaited<ReturnType<typeof openAuditKey>>;
const world = systemWorld();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-audit-'));
  db = await openTestDatabase();
  key = await openAuditKey(world, folder);
  service = openService();
  http = await testServer(service.routes);
});
afterAll(async () => {
  await http.server.close();
  await db.drop();
  await rm(folder, { recursive: true });
});

function openService(): AuditService {
  metrics = new Metrics('test');
  return createAuditService({
    database: db.database,
    world,
    metrics,
    log: silentLog,
    key,
    headsFolder: join(folder, 'audit'),
  });
}

/** Changes with texts that are easily read or printed wrongly. */
const HARD = [
  { '"': 1, '\\': 2, '\\"': 3 },
  { a: 2 ** 60, b: 1e21, c: 0.1, d: -0 },
  { text: 'a\nb\u2028c"d\\e', umlaut: 'äöü 😀' },
  { nested: { list: [1, null, { x: '</script>' }] } },
];

async function change(tenantId: string, from: number, count: number): Promise<void> {
  const tenant = testTenant(tenantId);
  for (let index = from; index < from + count; index += 1) {
    await db.database.inTenant(tenant, (tx) =>
      writeAudit(tx, tenant, {
        action: 'case.update',
        objectType: 'case',
        objectId: String(index),
        before: { number: index, ...HARD[index % HARD.length] },
        after: { number: index + 1 },
        requestId: `request-${index}`,
      }),
    );
  }
}

async function get(url: string, who: object = { role: 'auditor' }) {
  return http.server.app.inject({ method: 'GET', url, headers: await http.headers(who) });
}

async function exported(tenant: string): Promise<string[]> {
  const answer = await get('/v1/audit/export', { role: 'auditor', tenant });
  expect(answer.statusCode).toBe(200);
  return answer.body.trimEnd().split('\n');
}

function verify(
  lines: readonly string[],
  knowledge: AuditKnowledge = { publicKey: key.publicKey },
) {
  const verifier = new AuditVerifier(knowledge);
  for (const line of lines) verifier.line(line);
  return verifier.finish();
}

async function asAdmin(sql: string): Promise<void> {
  await connectAsAdmin(db.urls.admin, async (client) => {
    await client.query(sql);
  });
}

describe('the audit log as it is read', () => {
  it('shows who changed what, before and after, newest first, in pages', async () => {
    await change('acme-corp', 0, 5);
    const first = (await get('/v1/audit?limit=3')).json();
    expect(first.items).toMatchObject([
      {
        actor: 'system:test',
        action: 'case.update',
        object_id: '4',
        before: { number: 4 },
        after: { number: 5 },
        seq: null,
      },
      { object_id: '3' },
      { object_id: '2' },
    ]);
    const second = (await get(`/v1/audit?limit=3&cursor=${first.next_cursor}`)).json();
    expect(second.items.map((item: { object_id: string }) => item.object_id)).toEqual(['1', '0']);
    expect(second.next_cursor).toBeNull();
  });

  it('shows rows of one millisecond in the order in which they were written', async () => {
    const tenant = testTenant('wayne-corp');
    const written = Array.from({ length: 20 }, (_, index) => `one of many ${index}`);
    await db.database.inTenant(tenant, async (tx) => {
      for (const objectId of written) {
        const change = {
          action: 'note.add',
          objectType: 'note',
          objectId,
          before: null,
          after: {},
        };
        await writeAudit(tx, tenant, { ...change, requestId: '' });
      }
    });
    const { items } = (
      await get('/v1/audit?limit=20&object_type=note', { role: 'auditor', tenant: 'wayne-corp' })
    ).json();
    const seen = items.map((item: { object_id: string }) => item.object_id);
    expect(seen.toReversed()).toEqual(written);
  });

  it('gives a row its place and hash once it is sealed', async () => {
    await service.sealer.sealAll();
    const { items } = (await get('/v1/audit?object_id=0')).json();
    expect(items).toMatchObject([{ seq: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });

  it.each([
    ['actor=system:test', 5],
    ['actor=nobody', 0],
    ['action=case.update', 5],
    ['object_type=case&object_id=3', 1],
    ['request_id=request-2', 1],
    ['since=2100-01-01T00:00:00Z', 0],
    ['until=2100-01-01T00:00:00Z', 5],
  ])('is narrowed by %s', async (filter, count) => {
    expect((await get(`/v1/audit?${filter}`)).json().items).toHaveLength(count);
  });

  it.each([
    ['tenant_admin', 200],
    ['auditor', 200],
    ['soc_analyst', 403],
    ['platform_admin', 403],
  ])('answers a %s with %i', async (role, status) => {
    expect((await get('/v1/audit', { role })).statusCode).toBe(status);
    expect((await get('/v1/audit/export', { role })).statusCode).toBe(status);
  });

  it('shows a tenant its own rows only', async () => {
    await change('globex', 100, 1);
    const { items } = (await get('/v1/audit', { role: 'auditor', tenant: 'globex' })).json();
    expect(items).toMatchObject([{ tenant_id: 'globex', object_id: '100' }]);
  });

  it("shows the platform's log to platform administrators, by tenant", async () => {
    const root = { subject: 'root', role: 'platform_admin', tenantId: undefined, expiresAt: 0 };
    await db.database.inPlatform((tx) =>
      writePlatformAudit(tx, root as never, 'acme-corp', {
        action: 'tenant.update',
        objectType: 'tenant',
        objectId: 'acme-corp',
        before: { status: 'active' },
        after: { status: 'suspended' },
        requestId: '',
      }),
    );
    const who = { role: 'platform_admin' };
    const { items } = (await get('/v1/platform/audit?tenant_id=acme-corp', who)).json();
    expect(items).toMatchObject([{ actor: 'root', action: 'tenant.update' }]);
    expect((await get('/v1/platform/audit?tenant_id=globex', who)).json().items).toEqual([]);
    expect((await get('/v1/platform/audit')).statusCode).toBe(403);
    const lines = (await get('/v1/platform/audit/export', who)).body.trimEnd().split('\n');
    expect(verify(lines)).toMatchObject({ intact: true, chain: ':platform', rows: 1 });
  });
});

describe('an export of the audit log', () => {
  it('is intact, with every row in sealing order, to the byte', async () => {
    await change('acme-corp', 5, 20);
    const lines = await exported('acme-corp');
    expect(verify(lines)).toMatchObject({
      intact: true,
      fault: undefined,
      chain: 'acme-corp',
      rows: 25,
      firstSeq: 1,
      keyTrusted: true,
    });
    expect(lines).toHaveLength(27);
    expect(JSON.parse(String(lines[2])).row.before.c).toBe(0.1);
  });

  it('of a tenant without a row is intact too', async () => {
    expect(verify(await exported('initech'))).toMatchObject({ intact: true, rows: 0 });
  });

  it('is intact without a trusted key, and says that the key is its own word', async () => {
    expect(verify(await exported('acme-corp'), {})).toMatchObject({
      intact: true,
      keyTrusted: false,
    });
  });

  it('is refused under another key', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const verdict = verify(await exported('acme-corp'), { publicKey });
    expect(verdict).toMatchObject({ intact: false, fault: { line: 1 } });
  });

  it('of another chain than the one asked for is refused', async () => {
    const lines = await exported('globex');
    const verdict = verify(lines, { publicKey: key.publicKey, chain: 'acme-corp' });
    expect(verdict).toMatchObject({ intact: false, fault: { line: 1 } });
  });

  it('that is older than a head known before is refused', async () => {
    const older = await exported('acme-corp');
    await change('acme-corp', 25, 3);
    const newer = await exported('acme-corp');
    const knownHead = parseStatement(String(newer.at(-1)));
    expect(verify(newer, { publicKey: key.publicKey, knownHead }).intact).toBe(true);
    const verdict = verify(older, { publicKey: key.publicKey, knownHead });
    expect(verdict.fault?.reason).toBe('the file ends at row 25, but row 28 was known before');
    const earlier = parseStatement(String(older.at(-1)));
    expect(verify(newer, { publicKey: key.publicKey, knownHead: earlier }).intact).toBe(true);
  });

  it('shows each of 1,000 tamperings', async () => {
    const lines = await exported('acme-corp');
    const other = await exported('globex');
    const random = seededRandom(20_261_123);
    const knownHead = parseStatement(String(lines.at(-1))) as Statement;
    const missed: string[] = [];
    const kinds = new Map<string, number>();
    for (let round = 0; round < 1_000; round += 1) {
      const { kind, changed } = tamper(lines, other, random);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const verdict = verify(changed, { publicKey: key.publicKey, knownHead });
      if (verdict.intact) missed.push(`${kind} in round ${round}`);
    }
    expect(missed).toEqual([]);
    expect([...kinds.keys()].toSorted()).toEqual([
      'byte changed',
      'foreign row',
      'hashes made anew',
      'row deleted',
      'row inserted',
      'rows swapped',
      'signature swapped',
      'signed with another key',
      'truncated',
      'value changed',
    ]);
  });
});

describe('the chain in the database', () => {
  it('cannot be changed by the app or the platform, or by the owner', async () => {
    for (const table of ['audit_log', 'audit_seals', 'audit_heads']) {
      const deletion = db.database.inTenant(testTenant(), (tx) =>
        tx.deleteFrom(table as 'audit_log').execute(),
      );
      await expect(deletion, table).rejects.toThrow(/permission denied/);
      await expect(asAdmin(`delete from tenant_data.${table}`), table).rejects.toThrow(
        /never changed or deleted/,
      );
    }
  });

  it('that a superuser changed is found', async () => {
    await change('umbrella', 0, 4);
    await exported('umbrella');
    await asAdmin(`set session_replication_role = replica;
      update tenant_data.audit_log set after = '{}' where audit_id = (select audit_id from tenant_data.audit_seals where tenant_id = 'umbrella' and seq = 3)`);
    const verdict = verify(await exported('umbrella'));
    expect(verdict.fault).toMatchObject({ line: 4, reason: 'row 3 or its hash was changed' });
  });

  it('that a superuser cut at its end is found by the head outside, and counted when it goes on', async () => {
    await change('hooli', 0, 4);
    await exported('hooli');
    const knownHead = await readHead(world, join(folder, 'audit'), 'hooli');
    expect(knownHead?.seq).toBe(4);
    await asAdmin(`set session_replication_role = replica;
      delete from tenant_data.audit_heads where tenant_id = 'hooli';
      delete from tenant_data.audit_seals where tenant_id = 'hooli' and seq > 2;
      delete from tenant_data.audit_log where tenant_id = 'hooli' and object_id in ('2', '3')`);
    const verdict = verify(await exported('hooli'), { publicKey: key.publicKey, knownHead });
    expect(verdict.intact).toBe(false);
    const restarted = openService();
    await change('hooli', 4, 1);
    await restarted.sealer.sealAll();
    expect(await metrics.text()).toMatch(/tocsin_audit_broken_chains_total\S* 1\n/);
    const kept = await readdir(join(folder, 'audit'));
    expect(kept.filter((name) => name.startsWith('hooli.head.lost-'))).toHaveLength(1);
  });

  it('goes on after a restart, under the same key', async () => {
    const restarted = openService();
    await change('globex', 101, 2);
    await restarted.sealer.sealAll();
    expect(verify(await exported('globex'))).toMatchObject({ intact: true, rows: 3 });
    const mode = (await stat(join(folder, 'audit.private.pem'))).mode & 0o777;
    expect(mode).toBe(0o600);
    expect(await readFile(join(folder, 'audit.public.pem'), 'utf8')).toContain('PUBLIC KEY');
  });

  it('has one order when two sealers run at once', async () => {
    await change('initrode', 0, 40);
    const other = openService();
    await Promise.all([service.sealer.sealAll(), other.sealer.sealAll()]);
    await service.sealer.sealAll();
    expect(verify(await exported('initrode'))).toMatchObject({ intact: true, rows: 40 });
  });
});

describe('the audit key after its rotation', () => {
  let former: KeyObject;
  let newKey: KeyObject;
  const readPublic = async () => createPublicKey(await readFile(join(folder, AUDIT_PUBLIC_FILE)));

  beforeAll(async () => {
    await change('acme-corp', 100, 6);
    await exported('acme-corp');
    former = await readPublic();
    await rotateAuditKey(world, folder);
    await rotateAuditKey(world, folder);
    newKey = await readPublic();
  });

  it('signs what comes next, and an export is intact for who has the first key, the last, or one between', async () => {
    await change('acme-corp', 106, 2);
    const lines = await exported('acme-corp');
    expect(lines.filter((line) => line.startsWith('{"type":"key",'))).toHaveLength(2);
    for (const publicKey of [former, newKey]) {
      const verdict = verify(lines, { publicKey });
      expect(verdict).toMatchObject({ intact: true, keyTrusted: true, keyId: keyIdOf(newKey) });
    }
    expect(verify(lines, {}).intact).toBe(true);
    const stranger = generateKeyPairSync('ed25519').publicKey;
    expect(verify(lines, { publicKey: stranger }).fault?.reason).toContain('another key');
  });

  it('keeps heads known before, and does not take a chain for broken', async () => {
    const lines = await exported('acme-corp');
    const head = await readHead(world, join(folder, 'audit'), 'acme-corp');
    expect(verify(lines, { publicKey: former, knownHead: head }).intact).toBe(true);
    expect(await metrics.text()).toMatch(/^tocsin_audit_broken_chains_total\{[^}]*\} 0$/m);
  });

  it('is told in the log of the platform, once', async () => {
    await rotateAuditKey(world, folder);
    await exported('acme-corp');
    await service.sealer.sealAll();
    await service.sealer.sealAll();
    await openService().sealer.sealAll();
    const id = keyIdOf(await readPublic());
    const rows = await db.database.inPlatform((tx) =>
      tx.selectFrom('audit_log').selectAll().where('object_id', '=', id).execute(),
    );
    expect(rows).toMatchObject([{ action: 'audit_key.rotate', actor: 'system:audit' }]);
  });

  it('shows each of 1,000 tamperings across rotations', async () => {
    const lines = await exported('acme-corp');
    const other = await exported('globex');
    const publicKey = await readPublic();
    const random = seededRandom(20_261_124);
    const missed: string[] = [];
    const kinds = new Set<string>();
    for (let round = 0; round < 1_000; round += 1) {
      const { kind, changed } = tamper(lines, other, random);
      kinds.add(kind);
      if (verify(changed, { publicKey }).intact) missed.push(`${kind} in round ${round}`);
    }
    expect(missed).toEqual([]);
    expect(kinds.size).toBe(16);
  });

  it('goes on after a rotation that was interrupted at any step', async () => {
    for (let step = 0; step < 5; step += 1) {
      const home = await mkdtemp(join(tmpdir(), 'tocsin-audit-key-'));
      const first = await openAuditKey(world, home);
      const disk = diskThatEndsAfter(step);
      const rotating = rotateAuditKey({ ...world, disk }, home);
      const done = await rotating.then(
        () => true,
        () => false,
      );
      const after = await openAuditKey(world, home);
      expect(done ? after.id !== first.id : true).toBe(true);
      const count = after.former.length;
      expect(after.id === first.id ? 0 : 1).toBe(count);
      await rotateAuditKey(world, home);
      expect((await openAuditKey(world, home)).former).toHaveLength(count + 1);
      await rm(home, { recursive: true });
    }
  });
});

/** A disk that takes so many changes and no more, as when the process is killed. */
function diskThatEndsAfter(changes: number): typeof world.disk {
  let left = changes;
  const spend = () => {
    if (left === 0) throw new Error('the process was killed');
    left -= 1;
  };
  const { disk } = world;
  return {
    ...disk,
    writeNew: async (path, bytes) => {
      // Opening the key writes its public half: those two calls are not a step of the rotation.
      if (path.includes('audit.public')) return disk.writeNew(path, bytes);
      spend();
      return disk.writeNew(path, bytes);
    },
    rename: async (from, to) => {
      if (to.includes('audit.public')) return disk.rename(from, to);
      spend();
      return disk.rename(from, to);
    },
  };
}
