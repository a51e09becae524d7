import { join } from 'node:path';
import { queryFiles } from '@tocsin/search/duckdb/testing/query-files.ts';
import { type Caller, until } from '../e2e/harness.ts';
import type { Seen, StoredGroup } from './check.ts';

/** The order of storing: frames are numbered as they come, and so are their items. */
const PLACE = 'frame * 1000000 + ordinal';
const DAMAGED = `not contains(attributes, repeat(md5(target_id), 4))`;

/** Every stored event of the writer, by group. Reads the files of a product that has stopped. */
export async function readStored(home: string): Promise<Map<string, StoredGroup>> {
  const rows = await queryFiles(
    join(home, 'data/events'),
    `select regexp_replace(target_id, '/[0-9]+$', '') as name, count(*)::DOUBLE as n,
            count(distinct target_id)::DOUBLE as events,
            count(*) filter (${DAMAGED})::DOUBLE as damaged,
            min(${PLACE})::DOUBLE as first, max(${PLACE})::DOUBLE as last
     from events where source_integration = 'torture' group by all`,
  );
  return new Map(
    rows.map((row) => [
      String(row['name']),
      {
        rows: Number(row['n']),
        events: Number(row['events']),
        damaged: Number(row['damaged']),
        first: Number(row['first']),
        last: Number(row['last']),
      },
    ]),
  );
}

/** Alerts of the writer's victims and their cases, as the API tells them. */
export async function readVictims(analyst: Caller): Promise<Pick<Seen, 'alerts' | 'cases'>> {
  const found = await analyst.all('/v1/alerts?q=actor.name:victim-*');
  const mine = found.filter(({ rule_name }) => rule_name === 'failed_login_threshold');
  const alerts = mine.map(({ actor, event_count }) => ({
    victim: actor.name,
    events: event_count,
  }));
  const incidents = new Map<string, number>();
  for (const { incident_id } of await analyst.all('/v1/cases'))
    incidents.set(incident_id, (incidents.get(incident_id) ?? 0) + 1);
  const cases = new Map<string, number>();
  for (const { actor, incident_id } of mine) cases.set(actor.name, incidents.get(incident_id) ?? 0);
  return { alerts, cases };
}

/** Waits until nothing waits any more: the pipeline's cursor and that of the correlator are at the end. */
export async function drained(analyst: Caller, withinMs = 120_000): Promise<void> {
  await until(
    'the queues are empty',
    async () => {
      const { queues } = (await analyst.get('/queue/health')).body;
      const logs = queues.filter(({ topic }: { topic: string }) => !topic.startsWith('secplat.'));
      return logs.every(({ events }: { events: number }) => events === 0);
    },
    withinMs,
  );
}
