import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { silentLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { loadSigmaRules, shippedSigmaFolder } from './sigma-loading.ts';

const folder = mkdtempSync(join(tmpdir(), 'tocsin-sigma-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whole at once: the reader must not meet a file that is written by half. */
function put(to: string, name: string, text: string): void {
  writeFileSync(join(folder, 'half'), text);
  renameSync(join(folder, 'half'), join(to, name));
}

async function load(folders: readonly string[]) {
  const metrics = new Metrics('test');
  const taken: {
    rules: readonly { title: string }[];
    correlations: readonly unknown[];
  }[] = [];
  await loadSigmaRules(
    folders,
    { use: async (content) => taken.push(content) > 0 },
    { log: silentLog, metrics, pause: () => undefined },
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
    expect(taken[0]?.correlations.length).toBeGreaterThan(5);
  });

  it('takes a folder that changed into use, and not one with a refused document', async () => {
    const own = mkdtempSync(join(folder, 'own-'));
    const rule = (name: string, field = 'a') =>
      `title: ${name}\nlogsource: {product: x}\ndetection: {sel: {${field}: b}, condition: sel}\n`;
    const waiting: ((titles: string[]) => void)[] = [];
    const next = () => new Promise<string[]>((done) => waiting.push(done));
    const user = {
      async use({ rules }: { rules: readonly { title: string }[] }) {
        waiting.shift()?.(rules.map(({ title }) => title));
        return true;
      },
    };
    put(own, 'a.yml', rule('First'));
    const first = next();
    const metrics = new Metrics('test');
    await loadSigmaRules([own], user, {
      log: silentLog,
      metrics,
      pause: () => undefined,
      lookEveryMs: 5,
    });
    expect(await first).toEqual(['First']);
    const second = next();
    put(own, 'b.yml', rule('Second'));
    expect(await second).toEqual(['First', 'Second']);
    const third = next();
    put(own, 'b.yml', rule('Broken', 'a|odd'));
    while (!(await metrics.text()).includes('former_stays')) await setImmediate();
    put(own, 'b.yml', rule('Mended'));
    expect(await third).toEqual(['First', 'Mended']);
  });

  it('goes on without rules where a folder cannot be read, and counts it', async () => {
    const { taken, text } = await load([join(folder, 'absent')]);
    expect(taken).toEqual([]);
    expect(text).toMatch(/tocsin_sigma_readings_total\{[^}]*outcome="failed"[^}]*\} 1/);
  });
});
