import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, signalAll } from '../processes.ts';
import { Cycles, notRun, Patient, type Scenario } from '../scenario.ts';
import { type FileSystem, Volume } from '../volume.ts';

const LONG = { cycles: 25, minutes: 30 };
/** Build servers often lack the tools of xfs: ext4 alone has the six. */
const SHORT = { ext4: { cycles: 6, minutes: 0.75 }, xfs: { cycles: 3, minutes: 0.5 } };

/** The whole home, PostgreSQL's too, on a file system whose power is cut under load. */
function powerCut(type: FileSystem): Scenario {
  return {
    name: `power-${type}`,
    async run(effort) {
      const cycles = new Cycles(effort, effort.short ? SHORT[type] : LONG);
      const lack = await Volume.lacks(type);
      if (lack !== undefined) return notRun(this.name, lack);
      const volume = await Volume.make(type);
      try {
        const home = join(volume.mount, 'h');
        await mkdir(home, { mode: 0o711 });
        const patient = await Patient.admit(home);
        await patient.load();
        let cuts = 0;
        for (; cycles.more(cuts); cuts += 1) {
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
        Object.assign(patient.figures, { cuts, wanted: cycles.wanted });
        return await patient.judge(this.name, true);
      } finally {
        await volume.remove();
      }
    },
  };
}

export const powerCutExt4 = powerCut('ext4');
export const powerCutXfs = powerCut('xfs');
