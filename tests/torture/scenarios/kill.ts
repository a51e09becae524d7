import { setTimeout as sleep } from 'node:timers/promises';
import { Cycles, EVENTS_PER_SECOND, Patient, type Scenario } from '../scenario.ts';

const PARTS = ['data', 'control', 'postgres'] as const;
const LONG = { cycles: 200, minutes: 60, flow: 3_000, chanceMs: 700 };
const SHORT = { cycles: 20, minutes: 1.5, flow: 1_000, chanceMs: 300 };

/** Events a second that are to be offered while the product is up. */
const OFFERED_AIM = 5_000;

/** `kill -9` of every process in turn under load; every fourth kill takes the supervisor, every eighth all at once. */
export const kill: Scenario = {
  name: 'kill',
  async run(effort) {
    // A kill comes in the midst of what a part does, not always at the same step after its start.
    const { flow, chanceMs, ...usual } = effort.short ? SHORT : LONG;
    const cycles = new Cycles(effort, usual);
    const patient = await Patient.admit();
    await patient.load();
    const killed: Record<string, number> = {};
    let cycle = 0;
    while (cycles.more(cycle)) {
      for (const part of [...PARTS].sort(() => Math.random() - 0.5)) {
        if (!cycles.more(cycle)) break;
        await patient.flows(flow);
        await sleep(chanceMs * Math.random());
        if ((await patient.product.kill(part)) === undefined) continue;
        killed[part] = (killed[part] ?? 0) + 1;
        cycle += 1;
      }
      await patient.flows(flow);
      await sleep(chanceMs * Math.random());
      const all = cycle % 8 === 7;
      if (all) await Promise.all(PARTS.map((part) => patient.product.kill(part)));
      await patient.product.crash();
      const name = all ? 'all at once' : 'supervisor';
      killed[name] = (killed[name] ?? 0) + 1;
      cycle += 1;
      await patient.restart();
    }
    Object.assign(patient.figures, {
      kills: cycle,
      wanted: cycles.wanted,
      killed,
      offered_wanted_per_second: EVENTS_PER_SECOND,
      // Of a machine with nothing else to do: a figure, so that a busy one does not fail.
      offered_aim_met: patient.ledger.offeredWhileUp >= OFFERED_AIM,
    });
    return patient.judge(this.name);
  },
};
