import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, signalAll } from '../processes.ts';
import { Patient, type Scenario } from '../scenario.ts';

const AWAY_MS = 60_000;
const AWAY_SHORT_MS = 8_000;
const CUTS = 5;

/** PostgreSQL stopped from outside, its connections cut, killed: events are accepted and stored all the while. */
export const database: Scenario = {
  name: 'database',
  async run({ short }) {
    const patient = await Patient.admit();
    await patient.load();
    await patient.flows();
    const server = async (): Promise<number> => {
      const { pid } = await patient.product.part('postgres');
      if (pid === undefined) throw new Error('PostgreSQL is not running');
      return pid;
    };
    let cut = 0;
    for (let round = 0; round < CUTS; round += 1) {
      const clients = familyOf(await server()).filter(({ title }) =>
        /^postgres: \w*(app|platform|owner)/.test(title),
      );
      cut += signalAll(
        clients.map(({ pid }) => pid),
        'SIGTERM',
      );
      await patient.flows(1_000);
    }
    patient.figures['connections_cut'] = cut;
    const before = patient.ledger.acknowledgedEvents;
    const family = familyOf(await server()).map(({ pid }) => pid);
    signalAll(family, 'SIGSTOP');
    await sleep(short ? AWAY_SHORT_MS : AWAY_MS);
    patient.figures['acknowledged_while_away'] = patient.ledger.acknowledgedEvents - before;
    signalAll(family, 'SIGCONT');
    await patient.flows();
    process.kill(await server(), 'SIGINT');
    await sleep(1_000);
    patient.figures['flows_after_stop_ms'] = Math.round(await patient.flows(1_000));
    await patient.product.kill('postgres');
    patient.figures['flows_after_kill_ms'] = Math.round(await patient.flows(1_000));
    return patient.judge(this.name);
  },
};
