import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, signalAll } from '../processes.ts';
import { Patient, type Scenario } from '../scenario.ts';

const FREEZE_MS = 30_000;
const FREEZE_SHORT_MS = 12_000;
const PARTS = ['data', 'control', 'postgres'] as const;

/** Each process stands still (SIGSTOP) past every lease and timeout, and goes on as if nothing had been. */
export const freeze: Scenario = {
  name: 'freeze',
  async run({ short }) {
    const patient = await Patient.admit();
    await patient.load();
    const flowsAfterMs: Record<string, number> = {};
    for (const part of PARTS) {
      await patient.flows();
      const { pid } = await patient.product.part(part);
      if (pid === undefined) throw new Error(`${part} has no process`);
      const frozen = familyOf(pid).map((member) => member.pid);
      signalAll(frozen, 'SIGSTOP');
      await sleep(short ? FREEZE_SHORT_MS : FREEZE_MS);
      signalAll(frozen, 'SIGCONT');
      flowsAfterMs[part] = Math.round(await patient.flows(1_000));
    }
    patient.figures['flows_after_ms'] = flowsAfterMs;
    return patient.judge(this.name);
  },
};
