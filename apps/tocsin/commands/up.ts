import type { Command } from 'commander';
import { type CommonOptions, defineCommand } from '../cli/define-command.ts';
import { durationInWords } from '../cli/in-words.ts';
import { wholeNumber } from '../cli/parse-number.ts';
import { chosenHome } from '../cli/running.ts';

interface UpOptions extends CommonOptions {
  readonly port?: number;
}

export function registerUp(program: Command): void {
  defineCommand(program, 'up', 'run Tocsin in the foreground until Ctrl-C')
    .option('--port <n>', 'port of the API (TOCSIN_PORT, 8080)', wholeNumber(0, 65_535))
    .action((options: UpOptions) => runUp(options));
}

/** The parts of the supervisor are loaded here, so that other commands start faster. */
async function runUp(options: UpOptions): Promise<void> {
  const { systemClock } = await import('@tocsin/kernel/clock.ts');
  const { openLogStream } = await import('../supervisor/log-stream.ts');
  const { openProduct } = await import('../supervisor/product.ts');
  const { readSettings } = await import('../supervisor/settings.ts');
  const { stopOnSignal } = await import('../supervisor/until-stopped.ts');

  const settings = await readSettings(options);
  const home = chosenHome(options.home);
  const forPeople = process.stdout.isTTY === true && options.json !== true;
  const log = openLogStream({
    format: forPeople ? 'pretty' : 'json',
    level: settings.logLevel,
    clock: systemClock,
    colour: (process.env.NO_COLOR ?? '') === '',
    sink: (line) => process.stdout.write(line),
  });
  const say = (text: string): void => {
    if (forPeople) process.stdout.write(`${text}\n`);
  };
  const begin = systemClock.monotonic();
  const supervisor = await openProduct({
    home,
    settings,
    log,
    progress: {
      starting: () => undefined,
      ready(part, afterMs) {
        say(`  ${part.padEnd(10)} ok  ${durationInWords(afterMs)}`);
        if (!forPeople) log.own.info('a part is ready', { part, after_ms: Math.round(afterMs) });
      },
    },
  });
  stopOnSignal(supervisor, (signal) => log.own.info('stopping: draining what is held', { signal }));
  say(`Tocsin starts on ${home.root}`);
  await supervisor.start();
  const afterMs = systemClock.monotonic() - begin;
  const url =
    settings.tlsCertFile === undefined
      ? `http://${settings.host}:${settings.port}`
      : `https://${settings.host}:${settings.tlsPort}`;
  say(`Tocsin is ready at ${url} after ${durationInWords(afterMs)}. Ctrl-C stops it.`);
  if (!forPeople) log.own.info('Tocsin is ready', { url, after_ms: Math.round(afterMs) });
  await supervisor.stopped;
  log.own.info('Tocsin has stopped');
}
