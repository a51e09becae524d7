import { setTimeout as sleep } from 'node:timers/promises';
import { Patient, type Scenario } from '../scenario.ts';

const PARTS = ['data', 'control', 'postgres'] as const;
const CYCLES = 200;
const CYCLES_SHORT = 20;
/** In the midst of what a part does, not always at the same step after its start. */
const CHANCE_MS = 700;

/** `kill -9` of every process in turn under load; every fourth kill takes the supervisor, every eighth all at once. */
export const kill: Scenario = {
  name: 'kill',
  async run({ short, cycles = short ? CYCLES_SHORT : CYCLES }) {
    const patient = await Patient.admit();
    await patient.load();
    const killed: Record<string, number> = {};
    for (let cycle = 0; cycle < cycles; ) {
      for (const part of [...PARTS].sort(() => Math.random() - 0.5)) {
        await patient.flows();
        await sleep(CHANCE_MS * Math.random());
        if ((await patient.product.kill(part)) === undefined) continue;
        killed[part] = (killed[part] ?? 0) + 1;
        cycle += 1;
      }
      await patient.flows();
      await sleep(CHANCE_MS * Math.random());
      const all = cycle % 8 === 7;
      if (all) await Promise.all(PARTS.map((part) => patient.product.kill(part)));
      await patient.product.crash();
      const name = all ? 'all at once' : 'supervisor';
      killed[name] = (killed[name] ?? 0) + 1;
      cycle += 1;
      await patient.restart();
    }
    patient.figures['killed'] = killed;
    return patient.judge(this.name);
  },
};
