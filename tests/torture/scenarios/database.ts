import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, signalAll } from '../processes.ts';
import { Patient, type Scenario } from '../scenario.ts';

const AWAY_MS = 60_000;
const AWAY_SHORT_MS = 8_000;
const CUTS = 5;
/** Shorter than a start of the server takes. */
const LOOK_AGAIN_MS = 100;

/** PostgreSQL with its connections cut, standing still, stopped for a minute, killed: events are accepted and stored all the while. */
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
    patient.figures['acknowledged_while_down'] = await keepDown(
      patient,
      short ? AWAY_SHORT_MS : AWAY_MS,
    );
    patient.figures['flows_after_stop_ms'] = Math.round(await patient.flows(1_000));
    await patient.product.kill('postgres');
    patient.figures['flows_after_kill_ms'] = Math.round(await patient.flows(1_000));
    return patient.judge(this.name);
  },
};

/** Stops the server again each time that the supervisor has started it; gives what was acknowledged meanwhile. */
async function keepDown({ product, ledger }: Patient, forMs: number): Promise<number> {
  const before = ledger.acknowledgedEvents;
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const { pid } = await product.part('postgres');
    // Immediate stop: those that are connected are not waited for.
    if (pid !== undefined) signalAll([pid], 'SIGQUIT');
    await sleep(LOOK_AGAIN_MS);
  }
  return ledger.acknowledgedEvents - before;
}
