import { sleep, systemClock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { Command } from 'commander';
import { type CommonOptions, defineCommand } from '../cli/define-command.ts';
import { findRunning } from '../cli/running.ts';
import { openTerminal } from '../cli/terminal.ts';
import { isAlive } from '../supervisor/process-identity.ts';
import { DRAIN_MS_MAX } from '../supervisor/supervisor.ts';

/** A supervisor that has not ended by then hangs. */
const GONE_MS_MAX = DRAIN_MS_MAX + 10_000;

export function registerDown(program: Command): void {
  defineCommand(program, 'down', 'stop Tocsin, after it has finished what it holds').action(
    async (options: CommonOptions) => {
      const terminal = openTerminal(options.json === true);
      const running = await findRunning(options.home);
      if (running === undefined) {
        terminal.result({ stopped: false }, () => 'Tocsin is not running.');
        return;
      }
      const { lock, home } = running;
      signal(lock.pid);
      const begin = systemClock.monotonic();
      while (isAlive(lock)) {
        if (systemClock.monotonic() - begin > GONE_MS_MAX) throw hangs(lock.pid);
        await sleep(systemClock, 100);
      }
      terminal.result(
        { stopped: true, pid: lock.pid, home: home.root },
        () => 'Tocsin has stopped.',
      );
    },
  );
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    throw new Problem('forbidden', {
      detail: `process ${pid} cannot be stopped: it belongs to another user. Run this as that user.`,
      cause,
    });
  }
}

function hangs(pid: number): Problem {
  return new Problem('unavailable', {
    detail: `process ${pid} did not stop in ${GONE_MS_MAX / 1000} s. See its log; \`kill -9 ${pid}\` loses nothing that was acknowledged.`,
  });
}
