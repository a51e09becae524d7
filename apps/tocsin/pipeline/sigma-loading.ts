import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { SigmaFault } from '@tocsin/sigma/fault.ts';
import type { Piece } from '@tocsin/sigma/index/carried-lists.ts';
import { finishWithPauses, type Pause } from '@tocsin/sigma/index/work.ts';
import type { Log } from '@tocsin/telemetry/log.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import { type ReadyContent, unpackSigma } from './carried-sigma.ts';

/** What the loader's thread is started with. */
export interface LoaderOptions {
  readonly folders: readonly string[];
  readonly lookEveryMs: number;
}

/** Folders of rules are looked at this often. */
const LOOK_EVERY_MS = 10_000;

/** What the loader tells: rules, or why there are none. */
export type LoadedSigma =
  | {
      /** Of `packSigma`. */
      readonly pieces: readonly Piece[];
      readonly counts: Readonly<Record<'loaded' | 'correlations' | 'inactive' | 'refused', number>>;
      readonly refused: readonly SigmaFault[];
    }
  | { readonly problem: string };

/** Where rules go when they are ready. */
export interface SigmaUser {
  /** @returns whether they were taken, and not newer ones meanwhile */
  use(content: ReadyContent): Promise<boolean>;
  /** Told what the newest reading refused. */
  refused?(refused: readonly SigmaFault[]): void;
}

/** What rules are loaded with. */
export interface LoadingParts {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Asked between pieces of work on the thread that loads. */
  readonly pause: Pause;
  /** A clock in milliseconds: with it the time of rules is sampled. */
  readonly now?: () => number;
  readonly lookEveryMs?: number;
}

/** Refused documents that are logged of one reading. */
const REFUSED_LOGGED_MAX = 20;

/** The Sigma rules that come with the product. */
export function shippedSigmaFolder(): string {
  return join(dirname(fileURLToPath(import.meta.resolve('@tocsin/content/package.json'))), 'sigma');
}

/**
 * Loads the Sigma rules of folders in a thread of its own and again whenever they change. A reading in which a document
 * is refused does not replace the rules in use: the former stay. The first is taken as it is.
 *
 * @returns when the first rules are in use
 */
export async function loadSigmaRules(
  folders: readonly string[],
  user: SigmaUser,
  { log, metrics, pause, now, lookEveryMs = LOOK_EVERY_MS }: LoadingParts,
): Promise<void> {
  const documents = metrics.gauge({
    name: 'tocsin_sigma_documents',
    help: 'Sigma documents by what became of them at the last reading',
    labels: ['outcome'],
  });
  const readings = metrics.counter({
    name: 'tocsin_sigma_readings_total',
    help: 'Readings of the folders of Sigma rules by whether they were taken into use',
    labels: ['outcome'],
  });
  const first = Promise.withResolvers<void>();
  let inUse = false;
  const worker = new Worker(new URL('./sigma-loader.ts', import.meta.url), {
    workerData: { folders, lookEveryMs } satisfies LoaderOptions,
  });
  const take = async (told: LoadedSigma): Promise<void> => {
    if ('problem' in told) {
      readings.add({ outcome: 'failed' }, 1);
      log.error(`Sigma rules cannot be read: ${told.problem}`, { action: 'sigma.load' });
    } else {
      for (const [outcome, count] of Object.entries(told.counts)) documents.set({ outcome }, count);
      const taken = !inUse || told.refused.length === 0;
      readings.add({ outcome: taken ? 'taken' : 'former_stays' }, 1);
      logRefused(log, told.refused, taken);
      inUse = true;
      user.refused?.(told.refused);
      if (taken) {
        const content = await finishWithPauses(unpackSigma(told.pieces, now), pause);
        if (await user.use(content))
          log.info(`${content.rules.length} Sigma rules are in use`, { action: 'sigma.load' });
      }
    }
    first.resolve();
  };
  // One after the other: what came later stays in use.
  let taking = Promise.resolve();
  worker.on('message', (told: LoadedSigma) => {
    taking = taking.then(() => take(told));
  });
  worker.on('error', (error) => {
    readings.add({ outcome: 'failed' }, 1);
    log.error('the reader of Sigma rules ended: rules change only after a restart', {
      action: 'sigma.load',
      error,
    });
    first.reject(error);
  });
  await first.promise;
  worker.unref();
}

function logRefused(log: Log, refused: readonly SigmaFault[], taken: boolean): void {
  for (const { file, line, column, code, message } of refused.slice(0, REFUSED_LOGGED_MAX)) {
    log.warn(`Sigma rule refused: ${file}:${line}:${column}: ${message} (${code})`, {
      action: 'sigma.load',
    });
  }
  if (!taken) {
    const message = `${refused.length} Sigma documents are refused: the rules of before stay in use`;
    log.error(message, { action: 'sigma.load' });
  }
}
