import type { Caller } from '../../e2e/harness.ts';
import { until } from '../../e2e/harness.ts';
import { hostileLines } from '../hostile-lines.ts';
import { Patient, type Scenario, withFaults } from '../scenario.ts';

const NOISY = 'globex';
/** Past this many alerts a minute a rule storms. */
const SHOWN_MAX = 100;
const STORM = { requests: 40, events: 250 };
const STORM_SHORT = { requests: 10, events: 250 };
const POISON = { requests: 40, lines: 250 };
const POISON_SHORT = { requests: 10, lines: 250 };

/** A rule that matches every event of its tenant, each for a group of its own. */
const MATCHES_ALL = {
  id: 'matches-all',
  name: 'matches_all',
  kind: 'threshold',
  title: 'Something happened',
  description: '{group} did something',
  severity: 3,
  category: 'network',
  group_by: ['actor'],
  condition: { field: 'action', equals: 'anything' },
  parameters: { threshold: 1, window_seconds: 300 },
  tags: ['own'],
};

/** Lines that hurt parsers, and a rule that matches every event: neighbours do not notice, the storm is one alert. */
export const hostile: Scenario = {
  name: 'hostile',
  async run({ short }) {
    const patient = await Patient.admit();
    await patient.product.createTenant(NOISY);
    const before = await pidsOf(patient);
    await patient.load(2_000);
    await patient.flows(1_000);
    const faults = [
      ...(await poison(patient, short ? POISON_SHORT : POISON)),
      ...(await storm(patient, short ? STORM_SHORT : STORM)),
    ];
    await patient.flows(1_000);
    const after = await pidsOf(patient);
    if (after !== before) faults.push(`processes ended: ${before} became ${after}`);
    return withFaults(await patient.judge(this.name), faults);
  },
};

/** Raw lines of every format, mutated: each is stored, or parked with its reason; none is lost, none ends a process. */
async function poison(
  patient: Patient,
  { requests, lines }: { requests: number; lines: number },
): Promise<string[]> {
  const { analyst } = patient;
  const faults: string[] = [];
  const receipts: { receipt: string; accepted: number }[] = [];
  for (let request = 0; request < requests; request += 1) {
    const bytes = hostileLines(request, lines);
    const answer = await accepted(() => analyst.ask('POST', '/v1/ingest/raw', { bytes }));
    receipts.push(answer);
  }
  let parked = 0;
  for (const { receipt, accepted } of receipts) {
    const state = await analyst.settled(receipt, 120_000);
    parked += state.dead_lettered;
    if (state.stored + state.duplicate + state.dead_lettered !== accepted)
      faults.push(`poison: ${accepted} lines became ${JSON.stringify(state)}`);
  }
  const sent = receipts.reduce((sum, { accepted }) => sum + accepted, 0);
  Object.assign(patient.figures, { poison_lines: sent, poison_parked: parked });
  return faults;
}

async function storm(
  patient: Patient,
  { requests, events }: { requests: number; events: number },
): Promise<string[]> {
  const admin = await patient.product.as(NOISY, 'tenant_admin');
  const kept = await admin.post('/v1/rules', MATCHES_ALL);
  if (kept.status !== 201) return [`the rule was not kept: ${kept.text}`];
  const headers = { 'if-match': '*' };
  await admin.ask('PATCH', `/v1/rules/${MATCHES_ALL.id}`, { body: { status: 'active' }, headers });
  let sent = 0;
  const send = async (count: number): Promise<void> => {
    const lines = Array.from({ length: count }, () =>
      JSON.stringify({ category: 'network', action: 'anything', actor: { id: `a-${sent++}` } }),
    );
    const ask = { bytes: lines.join('\n') };
    const { receipt } = await accepted(() => admin.ask('POST', '/v1/ingest/events', ask));
    await admin.settled(receipt, 120_000);
  };
  await until(
    'the rule is used',
    async () => {
      await send(1);
      return (await stormingAlerts(admin)).length > 0;
    },
    60_000,
  );
  const unseen = sent - (await stormingAlerts(admin)).length;
  const began = performance.now();
  for (let request = 0; request < requests; request += 1) await send(events);
  const minutes = 1 + Math.ceil((performance.now() - began) / 60_000);
  const isStorm = ({ title }: { title: string }): boolean => title.startsWith('Storm of alerts');
  const counts = async (): Promise<{ storms: number; shown: number; counted: number }> => {
    const alerts = await stormingAlerts(admin);
    const storms = alerts.filter(isStorm);
    const counted = storms.reduce((sum, { event_count }) => sum + event_count, 0);
    return { storms: storms.length, shown: alerts.length - storms.length, counted };
  };
  // The last update of a storm is held back for a second.
  const settled = await until(
    'the storm is counted',
    async () => {
      const now = await counts();
      return now.counted >= sent - unseen - SHOWN_MAX * minutes && now;
    },
    60_000,
  ).catch(counts);
  Object.assign(patient.figures, { storm_matches: sent, ...settled });
  const faults: string[] = [];
  if (settled.storms < 1 || settled.storms > minutes)
    faults.push(`${settled.storms} storm alerts within ${minutes} minutes`);
  if (settled.shown > SHOWN_MAX * minutes) faults.push(`a storm showed ${settled.shown} alerts`);
  if (settled.counted > sent || settled.counted < sent - unseen - SHOWN_MAX * minutes)
    faults.push(`a storm of ${sent} matches counted ${settled.counted}`);
  return faults;
}

function stormingAlerts(admin: Caller) {
  return admin.all(`/v1/alerts?q=rule_name:${MATCHES_ALL.name}`);
}

/** Sends until it is taken: the floods beside it may be refused. */
async function accepted(
  send: () => ReturnType<Caller['ask']>,
): Promise<{ receipt: string; accepted: number }> {
  const { body } = await until(
    'a request is accepted',
    async () => {
      const answer = await send();
      return answer.status === 202 && answer;
    },
    120_000,
  );
  return body;
}

async function pidsOf({ product }: Patient): Promise<string> {
  return (await product.parts()).map(({ name, pid }) => `${name} ${pid}`).join(', ');
}
