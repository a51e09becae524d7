import { DEFAULT_QUOTA } from '@tocsin/contracts/tenant-quota.ts';
import { RateGate } from '@tocsin/http/rate-gate.ts';
import { systemClock } from '@tocsin/kernel/clock.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { ownCpu } from './measure.ts';

/** `node bench/limits.ts`: CPU of the quotas for one ingest request, everything that the server calls for it. */
const TENANTS = 1_000;
const REQUESTS = 1_000_000;

const gate = new RateGate({}, systemClock, new Metrics('bench'));
const principals = Array.from({ length: TENANTS }, (_, index) => ({
  subject: 'shipper',
  tenantId: parseTenantId(`tenant-${index}`),
  role: 'soc_analyst' as const,
  expiresAt: Number.MAX_SAFE_INTEGER,
}));
const headers = { authorization: 'Bearer x' };

function request(index: number): void {
  const principal = principals[index % TENANTS];
  if (principal === undefined) return;
  gate.knock('192.0.2.1', headers);
  gate.admitted('192.0.2.1', headers);
  const pass = gate.open('ingest', principal, DEFAULT_QUOTA);
  gate.enter(pass, 120_000);
  pass.decompressedBytes(120_000);
  pass.events(100);
  pass.headers();
}

for (let index = 0; index < REQUESTS / 10; index += 1) request(index);
const before = ownCpu();
for (let index = 0; index < REQUESTS; index += 1) request(index);
const each = (ownCpu() - before) / REQUESTS;
console.log(
  JSON.stringify({
    what: 'quotas of one ingest request, CPU us',
    each: Number(each.toFixed(2)),
    an_event_in_batches_of_100: Number((each / 100).toFixed(4)),
  }),
);
