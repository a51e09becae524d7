import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, signalAll } from '../processes.ts';
import { notRun, Patient, type Scenario } from '../scenario.ts';
import { Volume } from '../volume.ts';

/** The file system turns read-only, as it does when its disk fails: nothing is acknowledged until it is healed. */
export const readOnly: Scenario = {
  name: 'read-only',
  async run({ short }) {
    const lack = await Volume.lacks('ext4');
    if (lack !== undefined) return notRun(this.name, lack);
    const volume = await Volume.make('ext4');
    try {
      const home = join(volume.mount, 'h');
      await mkdir(home, { mode: 0o711 });
      const patient = await Patient.admit(home);
      await patient.load();
      await patient.flows();
      await volume.turnReadOnly();
      await sleep(1_000);
      const before = patient.ledger.acknowledgedEvents;
      await sleep(short ? 3_000 : 20_000);
      const after = patient.ledger.acknowledgedEvents;
      // PostgreSQL leaves the supervisor's family when it is started; what is left of it would hold the file system.
      const parts = await patient.product.parts();
      const roots = [patient.product.pid, ...parts.flatMap(({ pid }) => pid ?? [])];
      signalAll(
        roots.flatMap((root) => familyOf(root).map(({ pid }) => pid)),
        'SIGKILL',
      );
      await patient.product.crash();
      await volume.detach();
      await volume.repair();
      await volume.attach();
      await patient.restart();
      await patient.flows();
      patient.figures['acknowledged_while_read_only'] = after - before;
      return await patient.judge(this.name, true);
    } finally {
      await volume.remove();
    }
  },
};
