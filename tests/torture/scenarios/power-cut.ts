import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, signalAll } from '../processes.ts';
import { notRun, Patient, type Scenario } from '../scenario.ts';
import { type FileSystem, Volume } from '../volume.ts';

const CYCLES = 25;
const CYCLES_SHORT = 3;

/** The whole home, PostgreSQL's too, on a file system whose power is cut under load. */
function powerCut(type: FileSystem): Scenario {
  return {
    name: `power-${type}`,
    async run({ short, cycles = short ? CYCLES_SHORT : CYCLES }) {
      const lack = await Volume.lacks(type);
      if (lack !== undefined) return notRun(this.name, lack);
      const volume = await Volume.make(type);
      try {
        const home = join(volume.mount, 'h');
        await mkdir(home, { mode: 0o711 });
        const patient = await Patient.admit(home);
        await patient.load();
        for (let cycle = 0; cycle < cycles; cycle += 1) {
          await patient.flows();
          await sleep(700 * Math.random());
          const family = familyOf(patient.product.pid).map(({ pid }) => pid);
          await volume.cutPower();
          signalAll(family, 'SIGKILL');
          await patient.product.crash();
          await volume.detach();
          await volume.attach();
          await patient.restart();
        }
        patient.figures['cuts'] = cycles;
        return await patient.judge(this.name, true);
      } finally {
        await volume.remove();
      }
    },
  };
}

export const powerCutExt4 = powerCut('ext4');
export const powerCutXfs = powerCut('xfs');
