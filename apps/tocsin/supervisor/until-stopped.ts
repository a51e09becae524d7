import type { Supervisor } from './supervisor.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** What asked the product to stop. */
export type StopSignal = (typeof SIGNALS)[number];

/**
 * Ties a supervisor to the signals of this process: the first drains it, a second ends it at once.
 * `asked` is told of the first.
 */
export function stopOnSignal(supervisor: Supervisor, asked: (signal: StopSignal) => void): void {
  let stopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopping) {
        void supervisor.kill().finally(() => process.exit(1));
        return;
      }
      stopping = true;
      asked(signal);
      void supervisor.stop();
    });
  }
}
