/** 1,000 tenants with 20 exceptions and 5 own rules each over one base: memory, and the time of a change. `RULES`. */
import { loadRules } from '@tocsin/sigma/rule/load-rules.ts';
import { RuleOverlay } from '@tocsin/sigma/rule-overlay.ts';
import { ruleFiles } from './rule-files.ts';

const TENANTS = 1000;
const [folder = ''] = process.argv.slice(2);
const { rules } = loadRules(ruleFiles(folder));

function documentOf(tenant: number, number: number): string {
  return JSON.stringify({
    title: `own ${tenant} ${number}`,
    logsource: { product: 'windows', category: 'process_creation' },
    detection: {
      selection: { Image: `C:\\Tools\\t${tenant}\\p${number}.exe`, User: [`u${tenant}`, 'svc*'] },
      condition: 'selection',
    },
  });
}

function overlay(tenant: number): RuleOverlay {
  const texts = Array.from({ length: 25 }, (_, number) => documentOf(tenant, number));
  const { rules: made } = loadRules(texts.map((text, index) => ({ name: `${index}`, text })));
  const exceptions = made.slice(5).map(({ expression }, index) => ({
    ruleId: rules[(tenant * 7 + index) % rules.length]?.id ?? '',
    expression: { kind: 'not', part: expression } as const,
  }));
  return new RuleOverlay({ exceptions, own: made.slice(0, 5) });
}

globalThis.gc?.();
const before = process.memoryUsage();
const tenants = Array.from({ length: TENANTS }, (_, tenant) => overlay(tenant));
globalThis.gc?.();
const after = process.memoryUsage();
const start = process.hrtime.bigint();
const changed = overlay(TENANTS);
const changeMs = Number(process.hrtime.bigint() - start) / 1e6;
const swapStart = process.hrtime.bigint();
tenants[7] = changed;
const swapMs = Number(process.hrtime.bigint() - swapStart) / 1e6;
const grown = after.heapUsed + after.external - before.heapUsed - before.external;
console.log(
  JSON.stringify({
    tenants: tenants.length,
    more_mib: Math.round(grown / 2 ** 20),
    change_ms: Number(changeMs.toFixed(1)),
    swap_ms: Number(swapMs.toFixed(3)),
  }),
);
