/**
 * 1,000 tenants with 20 exceptions and 5 own rules each as the product has them: `node --expose-gc
 * bench/sigma/tenants-live.ts RULES`. Their settings go through what reads them, and each tenant has matched an event.
 * Prints memory above that of the base rules (heap and buffers, after a full collection), the CPU of a change until it
 * is active, and of the first event after it.
 */
import type { RuleSetting } from '@tocsin/content/rule-setting.ts';
import { SHIPPED_RULES } from '@tocsin/content/shipped-rules.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import { ownSigmaDocument } from '@tocsin/detect-service/domain/sigma/decisions.ts';
import { SigmaRules } from '@tocsin/detect-service/domain/sigma/sigma-rules.ts';
import { TenantRules } from '@tocsin/detect-service/domain/tenant-rules.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { normalizeLine } from '@tocsin/sources/normalize-line.ts';
import { ruleFiles } from './rule-files.ts';

const TENANTS = 1000;
const sigma = new SigmaRules(new Set(['linux-auth']));
sigma.use(loadSigma(ruleFiles(process.argv[2] ?? '')));
const rules = new TenantRules(buildRuleRegistry(SHIPPED_RULES), sigma);
const base = sigma.base.rules;
const LINE = 'Nov 20 10:00:00 web sshd[1]: Failed password for root from 10.1.2.3 port 22 ssh2';
const event: NormalizedEvent = normalizeLine(LINE, '', '', Date.parse('2026-11-20T12:00:00Z'));

function textOf(tenant: number, number: number): string {
  const id = `${String(tenant).padStart(8, '0')}-${String(number).padStart(4, '0')}-4000-8000-000000000000`;
  return JSON.stringify({
    title: `own ${tenant} ${number}`,
    id,
    logsource: { product: 'linux', service: 'sshd' },
    detection: {
      selection: { 'message|contains': [`tool ${tenant}`, `p${number}.sh`], user: `u${tenant}` },
      condition: 'selection',
    },
  });
}

function settingsOf(tenant: number): RuleSetting[] {
  const common = { enabled: true, severity: null, parameters: null, status: 'active' } as const;
  const own = Array.from({ length: 5 }, (_, number) => {
    const document = ownSigmaDocument(textOf(tenant, number), 1);
    return { ...common, rule_id: document.id, document };
  });
  const excepted = Array.from({ length: 20 }, (_, number) => ({
    ...common,
    rule_id: base[(tenant * 7 + number) % base.length]?.id ?? '',
    exceptions: [{ reason: 'known', detection: { s: { user: `svc${tenant}` }, condition: 's' } }],
  }));
  return [...own, ...excepted] as unknown as RuleSetting[];
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function used(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const tenantOf = (number: number) => parseTenantId(`tenant-${number}`);
sigma.of('nobody').match(event);
const before = used();
for (let tenant = 0; tenant < TENANTS; tenant += 1) {
  const faults = rules.set(tenantOf(tenant), settingsOf(tenant));
  if (faults.length > 0) throw new Error(JSON.stringify(faults[0]));
  sigma.of(tenantOf(tenant)).match(event);
}
const more = used() - before;
const settings = settingsOf(7);
const start = cpuMs();
rules.set(tenantOf(7), settings);
const set = cpuMs();
sigma.of(tenantOf(7)).match(event);
const first = cpuMs();
console.log(
  JSON.stringify({
    tenants: TENANTS,
    base_rules: base.length,
    more_mib: Math.round(more / 2 ** 20),
    change_cpu_ms: Number((set - start).toFixed(1)),
    first_event_cpu_ms: Number((first - set).toFixed(1)),
  }),
);
