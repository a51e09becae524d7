import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CorrelateBench, openCorrelateBench } from '../testing/correlate-bench.ts';
import {
  DAY,
  HOUR,
  logEntries,
  MINUTE,
  recordingAssignment,
  scoredAlert,
} from '../testing/scored-alerts.ts';
import { alertsScoredHandler } from './alerts-scored.ts';

let bench: CorrelateBench;
beforeAll(async () => {
  bench = await openCorrelateBench();
});
afterAll(() => bench.db.drop());

let tenants = 0;

function freshTenant(): string {
  tenants += 1;
  return `replay-${tenants}`;
}

/** Everything the correlator wrote for a tenant, without the tenant's name and what derives from it. */
async function written(tenant: string): Promise<unknown> {
  return bench.sql(async (tx) => {
    const alerts = await tx
      .selectFrom('alerts as a')
      .innerJoin('incidents as i', 'i.incident_id', 'a.incident_id')
      .select([
        'a.alert_id',
        'a.revision',
        'a.status',
        'a.event_count',
        'a.last_event_at',
        'i.incident_key',
      ])
      .orderBy('a.alert_id')
      .execute();
    const incidents = await tx
      .selectFrom('incidents')
      .select([
        'incident_key',
        'status',
        'severity',
        'title',
        'alert_count',
        'first_alert_at',
        'last_alert_at',
      ])
      .select(['actors', 'hosts', 'src_ips'])
      .orderBy('incident_key')
      .execute();
    const cases = await tx
      .selectFrom('cases as c')
      .innerJoin('incidents as i', 'i.incident_id', 'c.incident_id')
      .select(['c.title', 'c.severity', 'i.incident_key'])
      .select(
        sql<
          string[]
        >`array(select alert_id::text from case_alerts l where l.case_id = c.case_id order by 1)`.as(
          'alerts',
        ),
      )
      .orderBy('i.incident_key')
      .execute();
    const timeline = await tx
      .selectFrom('incident_timeline as t')
      .innerJoin('incidents as i', 'i.incident_id', 't.incident_id')
      .select(['i.incident_key', 't.kind', 't.alert_id', 't.at', 't.summary'])
      .orderBy('i.incident_key')
      .orderBy('t.kind')
      .orderBy('t.alert_id')
      .execute();
    const messages = await tx
      .selectFrom('outbox')
      .select(sql<string>`envelope->>'event_type'`.as('type'))
      .select(sql<string>`envelope->'payload'->>'alert_id'`.as('alert_id'))
      .orderBy('type')
      .orderBy('alert_id')
      .execute();
    const audit = await tx.selectFrom('audit_log').select('action').orderBy('action').execute();
    return { alerts, incidents, cases, timeline, messages, audit };
  }, tenant);
}

const PEOPLE = ['ann', 'ben', 'cy', 'dee'];
const HOSTS = ['web-1', 'web-2', 'db-1'];

/** A short story: revisions of a few alerts that share some names. */
const story = fc
  .array(
    fc.record({
      alert: fc.integer({ min: 0, max: 5 }),
      actor: fc.constantFrom(...PEOPLE),
      host: fc.constantFrom(...HOSTS),
      severity: fc.constantFrom(3, 8, 10),
      minute: fc.integer({ min: 0, max: 3000 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((steps) => {
    const revisions = new Map<number, number>();
    return steps.map((step) => {
      const revision = (revisions.get(step.alert) ?? 0) + 1;
      revisions.set(step.alert, revision);
      return { ...step, revision };
    });
  });

function alertOf(
  tenant: string,
  step: {
    alert: number;
    actor: string;
    host: string;
    severity: number;
    minute: number;
    revision: number;
  },
): ScoredAlert {
  const started = DAY + step.alert * 5 * HOUR;
  return scoredAlert(`alert-${step.alert}`, {
    tenant_id: tenant,
    rule_id: `rule-${step.alert % 2}`,
    group: { 'actor.id': PEOPLE[step.alert % 4] ?? '' },
    actor: { id: PEOPLE[step.alert % 4] ?? '' },
    hosts: [step.host],
    src_ips: [],
    severity: step.severity,
    revision: step.revision,
    event_count: step.revision,
    first_event_at: new Date(started).toISOString(),
    last_event_at: new Date(started + step.revision * MINUTE).toISOString(),
  });
}

describe('replay of alerts.scored', () => {
  it('writes the same rows whatever was delivered twice, however batches were cut, wherever it crashed', async () => {
    await fc.assert(
      fc.asyncProperty(
        story,
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        async (steps, cuts, rewinds) => {
          const [plain, rough] = [freshTenant(), freshTenant()];
          for (const step of steps) await bench.send([[alertOf(plain, step)]], plain);
          const alerts = steps.map((step) => [alertOf(rough, step)]);
          let done = 0;
          for (let turn = 0; done < alerts.length; turn += 1) {
            const start = Math.max(0, done - (rewinds.next().value ?? 0));
            const end = Math.min(
              alerts.length,
              Math.max(done, start) + (cuts[turn % cuts.length] ?? 1),
            );
            await bench.send(alerts.slice(start, end), rough);
            done = end;
          }
          await bench.send(alerts, rough);
          expect(await written(rough)).toEqual(await written(plain));
        },
      ),
      { numRuns: 12 },
    );
  });

  it('ends with the same rows whatever order the revisions of related alerts came in', async () => {
    const steps = Array.from({ length: 12 }, (_, index) => ({
      alert: index % 4,
      revision: 1 + Math.floor(index / 4),
    }));
    const orders = fc.shuffledSubarray([...steps, ...steps], { minLength: 24, maxLength: 24 });
    const run = async (order: typeof steps): Promise<unknown> => {
      const tenant = freshTenant();
      const related = (step: (typeof steps)[number]): ScoredAlert => ({
        ...alertOf(tenant, {
          ...step,
          alert: step.alert,
          actor: 'ann',
          host: 'web-1',
          severity: 8,
          minute: 0,
        }),
        actor: { id: 'ann' },
      });
      await bench.send(
        order.map((step) => [related(step)]),
        tenant,
      );
      return bench.sql(
        async (tx) => ({
          alerts: await tx
            .selectFrom('alerts')
            .select(['alert_id', 'revision', 'event_count', 'last_event_at'])
            .orderBy('alert_id')
            .execute(),
          incidents: await tx
            .selectFrom('incidents')
            .select([
              'severity',
              'title',
              'alert_count',
              'first_alert_at',
              'last_alert_at',
              'actors',
              'hosts',
            ])
            .execute(),
          cases: await tx
            .selectFrom('case_alerts')
            .select('alert_id')
            .orderBy('alert_id')
            .execute(),
          timeline: await tx
            .selectFrom('incident_timeline')
            .select(['kind', 'alert_id', 'summary'])
            .where('kind', '=', 'alert')
            .orderBy('alert_id')
            .execute(),
        }),
        tenant,
      );
    };
    const expected = await run(steps);
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        expect(await run(order)).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });

  it('does nothing twice when it crashed between commit and cursor', async () => {
    const tenant = freshTenant();
    const entries = logEntries([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    let crashed = false;
    const crash = alertsScoredHandler({
      database: bench.db.database,
      metrics: new Metrics('crash'),
      world: {
        ...bench.world,
        failpoint: (label) => {
          crashed = label === 'correlate.after-commit';
          throw new Error('crash');
        },
      },
    });
    const assignment = recordingAssignment();
    await expect(crash.handle(entries, assignment)).rejects.toThrow('crash');
    expect(crashed).toBe(true);
    expect(assignment.commits).toEqual([]);
    const before = await written(tenant);
    await bench.send([[scoredAlert('a', { tenant_id: tenant })]], tenant);
    expect(await written(tenant)).toEqual(before);
  });

  it('takes a batch of a thousand alerts of a hundred actors', async () => {
    const tenant = freshTenant();
    const alerts = Array.from({ length: 1000 }, (_, index) => {
      const actor = `user-${index % 100}`;
      const names = {
        actor: { id: actor },
        group: { 'actor.id': actor },
        hosts: [],
        src_ips: [`10.1.1.${index % 100}`],
      };
      return scoredAlert(`big-${index}`, { tenant_id: tenant, atMs: DAY + index * 1000, ...names });
    });
    const started = performance.now();
    await bench.send([alerts], tenant);
    const took = performance.now() - started;
    const again = performance.now();
    await bench.send([alerts], tenant);
    process.stdout.write(
      `1,000 new alerts: ${took.toFixed(0)} ms; the same again: ${(performance.now() - again).toFixed(0)} ms\n`,
    );
    const { count } = await bench.db.database.inTenant(
      systemContext(parseTenantId(tenant), 'test'),
      (tx) =>
        tx
          .selectFrom('incidents')
          .select(sql<number>`count(*)::integer`.as('count'))
          .executeTakeFirstOrThrow(),
    );
    expect(count).toBe(100);
  });
});
