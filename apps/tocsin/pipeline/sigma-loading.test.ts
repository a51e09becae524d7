import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import { silentLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { loadSigmaRules, shippedSigmaFolder } from './sigma-loading.ts';

const folder = mkdtempSync(join(tmpdir(), 'tocsin-sigma-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function load(folders: readonly string[]) {
  const metrics = new Metrics('test');
  const taken: {
    rules: readonly { title: string; metadata: Readonly<Record<string, unknown>> }[];
  }[] = [];
  await loadSigmaRules(
    folders,
    { use: (content) => taken.push(content) },
    { log: silentLog, metrics },
  );
  return { taken, text: await metrics.text() };
}

describe('loadSigmaRules', () => {
  it('gives the rules that ship and those of a folder beside them, whole, from its thread', async () => {
    const rule = (name: string, field: string) =>
      `title: ${name}\nlogsource: {product: x}\ndetection: {sel: {${field}: b}, condition: sel}\n`;
    writeFileSync(join(folder, 'own.yml'), `${rule('Own', 'a')}---\n${rule('Bad', 'a|odd')}`);
    const { taken, text } = await load([shippedSigmaFolder(), folder]);
    const titles = taken[0]?.rules.map(({ title }) => title) ?? [];
    expect(titles).toContain('Own');
    expect(titles.length).toBeGreaterThan(60);
    expect(text).toMatch(/tocsin_sigma_documents\{[^}]*outcome="refused"[^}]*\} 1/);
    const standIns = taken[0]?.rules.flatMap(({ metadata }) => metadata['covered_by'] ?? []) ?? [];
    expect(RULE_PACK.map(({ id }) => id)).toEqual(expect.arrayContaining(standIns));
    expect(standIns.length).toBeGreaterThan(5);
  });

  it('goes on without rules where a folder cannot be read, and counts it', async () => {
    const { taken, text } = await load([join(folder, 'absent')]);
    expect(taken).toEqual([]);
    expect(text).toMatch(/tocsin_sigma_readings_total\{[^}]*outcome="failed"[^}]*\} 1/);
  });
});
