import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CorrelateBench, openCorrelateBench } from '../testing/correlate-bench.ts';
import {
  alertId,
  DAY,
  HOUR,
  logEntries,
  MINUTE,
  recordingAssignment,
  scoredAlert,
} from '../testing/scored-alerts.ts';

let bench: CorrelateBench;
beforeAll(async () => {
  bench = await openCorrelateBench();
});
afterAll(() => bench.db.drop());

let tenants = 0;

/** A tenant that no other test has used. */
function freshTenant(): string {
  tenants += 1;
  return `tenant-${tenants}`;
}

function alertsOf(tenant: string) {
  return bench.sql(
    (tx) => tx.selectFrom('alerts').selectAll().orderBy('alert_id').execute(),
    tenant,
  );
}

function incidentsOf(tenant: string) {
  return bench.sql(
    (tx) =>
      tx
        .selectFrom('incidents')
        .selectAll()
        .orderBy('created_at')
        .orderBy(sql`previous_incident_id is not null`)
        .execute(),
    tenant,
  );
}

function casesOf(tenant: string) {
  return bench.sql(
    (tx) => tx.selectFrom('cases').selectAll().orderBy('created_at').execute(),
    tenant,
  );
}

describe('alerts.scored to alert, incident and case', () => {
  it('stores an alert whose names are longer than an index takes, and its suppression', async () => {
    const tenant = freshTenant();
    // Not repeating itself, so that nothing is compressed: 3 bytes a character.
    const long = Array.from({ length: 1024 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    ).join('');
    const change = {
      tenant_id: tenant,
      actor: { type: 'user', id: long, name: long },
      group: { 'actor.id': long },
      hosts: [long],
      src_ips: [],
    };
    await bench.send([[scoredAlert('a', change), scoredAlert('b', { tenant_id: tenant })]], tenant);
    expect(await alertsOf(tenant)).toHaveLength(2);
    const suppressed = await bench.sql(
      (tx) =>
        tx
          .updateTable('alerts')
          .set({ suppressed_until: new Date(DAY + 24 * HOUR) })
          .executeTakeFirstOrThrow(),
      tenant,
    );
    expect(suppressed.numUpdatedRows).toBe(2n);
  });

  it('opens an incident and a case for a severe alert, with the alert linked (X-10)', async () => {
    const tenant = freshTenant();
    const assignment = await bench.send([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    const [alert] = await alertsOf(tenant);
    const [incident] = await incidentsOf(tenant);
    const [opened] = await casesOf(tenant);
    expect(alert).toMatchObject({ status: 'new', incident_id: incident?.incident_id, revision: 1 });
    expect(incident).toMatchObject({
      status: 'new',
      severity: 8,
      alert_count: 1,
      actors: ['bob'],
      hosts: ['web-1'],
      src_ips: ['203.0.113.7'],
      created_by: 'system:correlate',
    });
    expect(opened).toMatchObject({
      status: 'open',
      severity: 8,
      incident_id: incident?.incident_id,
    });
    const links = await bench.sql(
      (tx) => tx.selectFrom('case_alerts').selectAll().execute(),
      tenant,
    );
    expect(links).toMatchObject([{ case_id: opened?.case_id, alert_id: alertId('a') }]);
    expect(assignment.commits.map((position) => position.offset)).toEqual([1]);
    const told = await bench.sql((tx) => tx.selectFrom('outbox').selectAll().execute(), tenant);
    expect(told.map((row) => (row.envelope as { event_type: string }).event_type).sort()).toEqual([
      'alert.triggered',
      'case.opened',
      'incident.created',
    ]);
    const audit = await bench.sql((tx) => tx.selectFrom('audit_log').selectAll().execute(), tenant);
    expect(audit.map((row) => `${row.actor} ${row.action}`).sort()).toEqual([
      'system:correlate case.open',
      'system:correlate incident.open',
    ]);
  });

  it('makes one incident of 20 repeats, across an hour boundary, with each on its timeline (N-07, B-057)', async () => {
    const tenant = freshTenant();
    for (let repeat = 0; repeat < 20; repeat += 1) {
      const atMs = DAY + 10 * HOUR + 50 * MINUTE + repeat * 3 * MINUTE;
      await bench.send([[scoredAlert(`r${repeat}`, { tenant_id: tenant, atMs })]], tenant);
    }
    const [incident, ...others] = await incidentsOf(tenant);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ alert_count: 20, status: 'new' });
    expect(await casesOf(tenant)).toHaveLength(1);
    const timeline = await bench.sql(
      (tx) => tx.selectFrom('incident_timeline').selectAll().orderBy('at').execute(),
      tenant,
    );
    const entries = timeline.filter((entry) => entry.kind === 'alert');
    expect(entries).toHaveLength(20);
    expect(new Set(entries.map((entry) => entry.at.getUTCHours()))).toEqual(new Set([10, 11]));
  });

  it('makes one incident of 20 repeats that name nobody', async () => {
    const tenant = freshTenant();
    const nobody = { actor: { id: '' }, hosts: ['-'], src_ips: ['127.0.0.1'], group: {} };
    for (let repeat = 0; repeat < 20; repeat += 1) {
      const atMs = DAY + 10 * HOUR + repeat * MINUTE;
      const alert = scoredAlert(`n${repeat}`, { tenant_id: tenant, atMs, ...nobody });
      await bench.send([[alert]], tenant);
    }
    expect(await incidentsOf(tenant)).toHaveLength(1);
  });

  it('keeps alerts of different rules apart that have only absent or local names in common', async () => {
    const tenant = freshTenant();
    const nobody = { actor: { id: '-' }, hosts: ['localhost'], src_ips: ['::1'] };
    await bench.send(
      [
        [
          scoredAlert('x', { tenant_id: tenant, ...nobody, rule_id: 'one' }),
          scoredAlert('y', { tenant_id: tenant, ...nobody, rule_id: 'two' }),
        ],
      ],
      tenant,
    );
    expect(await incidentsOf(tenant)).toHaveLength(2);
  });

  it('counts further events of an episode without touching status or assignee', async () => {
    const tenant = freshTenant();
    await bench.send([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    await bench.sql(
      (tx) => tx.updateTable('alerts').set({ status: 'investigating', assignee: 'ada' }).execute(),
      tenant,
    );
    const later = {
      revision: 7,
      event_count: 16,
      total: 16,
      last_event_at: '2026-01-01T12:09:00.000Z',
    };
    await bench.send([[scoredAlert('a', { tenant_id: tenant, ...later })]], tenant);
    await bench.send(
      [[scoredAlert('a', { tenant_id: tenant, revision: 3, event_count: 12 })]],
      tenant,
    );
    expect(await alertsOf(tenant)).toMatchObject([
      { revision: 7, event_count: '16', status: 'investigating', assignee: 'ada' },
    ]);
    const [incident] = await incidentsOf(tenant);
    expect(incident?.last_alert_at.toISOString()).toBe('2026-01-01T12:09:00.000Z');
    expect(incident?.alert_count).toBe(1);
  });

  it.each([
    ['the actor', { hosts: ['db-1'], src_ips: ['198.51.100.9'] }],
    ['the host', { actor: { id: 'eve' }, src_ips: ['198.51.100.9'] }],
    ['the source address', { actor: { id: 'eve' }, hosts: ['db-1'] }],
  ])('joins the open incident that shares %s, whatever the rule', async (_, other) => {
    const tenant = freshTenant();
    await bench.send([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    const second = {
      tenant_id: tenant,
      rule_id: 'other',
      group: { host: 'x' },
      severity: 3,
      ...other,
    };
    await bench.send([[scoredAlert('b', second)]], tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ alert_count: 2, severity: 8 }]);
    const links = await bench.sql(
      (tx) => tx.selectFrom('case_alerts').selectAll().execute(),
      tenant,
    );
    expect(links).toHaveLength(2);
  });

  it('does not join an incident whose last alert is more than 24 hours away in event time', async () => {
    const tenant = freshTenant();
    await bench.send([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    const atMs = DAY + 12 * HOUR + MINUTE + 24 * HOUR;
    await bench.send([[scoredAlert('b', { tenant_id: tenant, atMs })]], tenant);
    expect(await incidentsOf(tenant)).toHaveLength(1);
    const past = atMs + MINUTE + 24 * HOUR + 1;
    await bench.send([[scoredAlert('c', { tenant_id: tenant, atMs: past })]], tenant);
    const old = DAY - 12 * HOUR - MINUTE - 1;
    await bench.send([[scoredAlert('d', { tenant_id: tenant, atMs: old })]], tenant);
    expect(await incidentsOf(tenant)).toHaveLength(3);
  });

  it('opens a new incident linked to the old one when it recurs after closure, with a case of its own', async () => {
    const tenant = freshTenant();
    await bench.send([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    await bench.sql(
      (tx) => tx.updateTable('incidents').set({ status: 'closed' }).execute(),
      tenant,
    );
    await bench.sql((tx) => tx.updateTable('cases').set({ status: 'closed' }).execute(), tenant);
    const atMs = DAY + 13 * HOUR;
    await bench.send([[scoredAlert('b', { tenant_id: tenant, atMs })]], tenant);
    const [old, recurrence] = await incidentsOf(tenant);
    expect(old).toMatchObject({ status: 'closed', alert_count: 1 });
    expect(recurrence).toMatchObject({ status: 'new', previous_incident_id: old?.incident_id });
    expect((await casesOf(tenant)).map((row) => row.status).sort()).toEqual(['closed', 'open']);
  });

  it('opens a linked incident when one episode goes on after its incident was closed', async () => {
    const tenant = freshTenant();
    await bench.send([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    await bench.sql(
      (tx) => tx.updateTable('incidents').set({ status: 'resolved' }).execute(),
      tenant,
    );
    const same = { tenant_id: tenant, last_event_at: '2026-01-01T12:01:00.000Z' };
    await bench.send([[scoredAlert('a', { ...same, revision: 2 })]], tenant);
    expect(await incidentsOf(tenant)).toHaveLength(1);
    const later = { tenant_id: tenant, last_event_at: '2026-01-01T12:30:00.000Z' };
    await bench.send([[scoredAlert('a', { ...later, revision: 3 })]], tenant);
    const [old, recurrence] = await incidentsOf(tenant);
    expect(recurrence).toMatchObject({ previous_incident_id: old?.incident_id, alert_count: 1 });
    expect(await alertsOf(tenant)).toMatchObject([{ incident_id: recurrence?.incident_id }]);
  });

  it('opens no incident while the rule and group are suppressed, and one when that has ended', async () => {
    const tenant = freshTenant();
    await bench.send([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    const until = new Date(bench.clock.now() + HOUR);
    await bench.sql(async (tx) => {
      await tx
        .updateTable('alerts')
        .set({ suppressed_until: until, suppress_reason: 'test' })
        .execute();
      await tx.updateTable('incidents').set({ status: 'closed' }).execute();
    }, tenant);
    const atMs = DAY + 13 * HOUR;
    await bench.send([[scoredAlert('b', { tenant_id: tenant, atMs })]], tenant);
    expect(await incidentsOf(tenant)).toHaveLength(1);
    const quiet = (await alertsOf(tenant)).find((row) => row.alert_id === alertId('b'));
    expect(quiet).toMatchObject({
      incident_id: null,
      suppressed_until: until,
      suppress_reason: 'test',
    });
    await bench.clock.advance(HOUR);
    await bench.send([[scoredAlert('b', { tenant_id: tenant, atMs, revision: 2 })]], tenant);
    await bench.send([[scoredAlert('b', { tenant_id: tenant, atMs, revision: 3 })]], tenant);
    expect(await incidentsOf(tenant)).toHaveLength(2);
  });

  it('parks what is no alert, with a reason, and takes the rest', async () => {
    const tenant = freshTenant();
    const good = scoredAlert('a', { tenant_id: tenant });
    const { severity, ...withoutSeverity } = scoredAlert('b', { tenant_id: tenant });
    const foreign = scoredAlert('c', { tenant_id: 'other-corp' });
    const assignment = await bench.send(
      [
        [
          '{"broken',
          JSON.stringify(good),
          JSON.stringify(withoutSeverity),
          JSON.stringify(foreign),
        ],
      ],
      tenant,
    );
    expect(severity).toBe(8);
    expect(assignment.parked).toEqual([
      { offset: 1, ordinal: 0, reason: 'the item is not JSON' },
      { offset: 1, ordinal: 2, reason: expect.stringContaining('severity') },
      { offset: 1, ordinal: 3, reason: 'tenant_id is not the tenant of the frame' },
    ]);
    expect(await alertsOf(tenant)).toHaveLength(1);
    expect(assignment.commits).toHaveLength(1);
  });

  it('stores texts that PostgreSQL could not hold as they came', async () => {
    const tenant = freshTenant();
    const odd = scoredAlert('a', {
      tenant_id: tenant,
      group: { 'a\0b': '\ud800x' },
      actor: { id: 'b\0b' },
    });
    const assignment = await bench.send([[odd]], tenant);
    expect(assignment.parked).toEqual([]);
    const [row] = await alertsOf(tenant);
    expect(row?.group_values).toEqual({ 'a\u{FFFD}b': '\u{FFFD}x' });
  });

  it('shows nothing of one tenant to another, with equal alert ids', async () => {
    const [one, two] = [freshTenant(), freshTenant()];
    await bench.send([[scoredAlert('a', { tenant_id: one })]], one);
    await bench.send([[scoredAlert('a', { tenant_id: two, title: 'another' })]], two);
    const [mine] = await incidentsOf(one);
    const [theirs] = await incidentsOf(two);
    expect(mine?.incident_id).not.toBe(theirs?.incident_id);
    expect(mine?.alert_count).toBe(1);
    expect(theirs?.title).toBe('another');
  });

  it('commits no cursor of a frame whose further parts follow', async () => {
    const tenant = freshTenant();
    const entries = logEntries([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    const assignment = recordingAssignment();
    await bench.handler.handle(
      entries.map((entry) => ({ ...entry, more: true as const })),
      assignment,
    );
    expect(assignment.commits).toEqual([]);
    expect(await alertsOf(tenant)).toHaveLength(1);
  });
});
