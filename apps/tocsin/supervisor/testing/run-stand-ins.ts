// A whole supervisor process with stand-ins for its children, for tests that kill it.
import { systemWorld } from '@tocsin/kernel/world.ts';
import { homeAt } from '../../home.ts';
import { openLogStream } from '../log-stream.ts';
import { Supervisor } from '../supervisor.ts';
import { closedTokenDesk } from '../token-desk.ts';
import { stopOnSignal } from '../until-stopped.ts';
import { standInPlan } from './stand-in-plan.ts';

const [homePath = ''] = process.argv.slice(2);
const world = systemWorld();
const supervisor = new Supervisor({
  home: homeAt(homePath),
  port: 1,
  version: '0.0.0',
  world,
  log: openLogStream({
    format: 'json',
    level: 'info',
    clock: world.clock,
    colour: false,
    sink: (line) => process.stdout.write(line),
  }),
  progress: { starting: () => undefined, ready: () => undefined },
  database: {
    open: () => Promise.resolve(),
    compact: () => Promise.resolve(),
    report: () => [],
    close: () => Promise.resolve(),
  },
  plans: [standInPlan('data', 'ready'), standInPlan('control', 'ready')],
  openTokenDesk: () => Promise.resolve(closedTokenDesk('no tokens in this test')),
});
stopOnSignal(supervisor, () => undefined);
const awake = setInterval(() => undefined, 1_000_000);
await supervisor.start();
process.stdout.write('UP\n');
await supervisor.stopped;
clearInterval(awake);
