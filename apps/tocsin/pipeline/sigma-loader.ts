import { stat } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '@tocsin/kernel/assert.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { handedOver } from '@tocsin/sigma/index/carried-lists.ts';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { ruleFiles } from '../scan/find-files.ts';
import { readRuleFiles } from '../scan/load-scan-rules.ts';
import { packSigma } from './carried-sigma.ts';
import type { LoadedSigma, LoaderOptions } from './sigma-loading.ts';

/**
 * The thread that reads Sigma rules and builds their tables, so that the pipeline waits for neither: at once, and again whenever a file of the
 * folders has changed. Tells what it read, or why it could not.
 */
async function main(): Promise<void> {
  const port = parentPort;
  assert(port !== null, 'the loader runs in a worker thread');
  const { folders, lookEveryMs } = workerData as LoaderOptions;
  const world = systemWorld('');
  let known = '';
  const look = async (): Promise<void> => {
    const told = await readFolders(folders, known);
    if (told === undefined) return;
    known = told.seen;
    const { loaded } = told;
    const pieces = 'problem' in loaded ? [] : loaded.pieces;
    port.postMessage(loaded, handedOver(pieces));
  };
  const again = (): void => {
    world.clock.after(lookEveryMs, () => {
      look().then(again, (error: unknown) => {
        throw error;
      });
    });
  };
  // Timers of the clock keep no thread alive; its port does.
  port.on('message', () => undefined);
  await look();
  again();
}

async function readFolders(
  folders: readonly string[],
  known: string,
): Promise<{ seen: string; loaded: LoadedSigma } | undefined> {
  try {
    const seen = await stateOf(folders);
    if (seen === known) return undefined;
    const content = loadSigma(await readRuleFiles(folders));
    const { rules, correlations, filters, inactive, refused } = content;
    const counts = {
      loaded: rules.length + filters.length,
      correlations: correlations.length,
      inactive: inactive.length,
      refused: refused.length,
    };
    return { seen, loaded: { pieces: packSigma(content), counts, refused } };
  } catch (error) {
    if (!isProblem(error) && !(error instanceof Error && 'code' in error)) throw error;
    const problem = isProblem(error) ? (error.detail ?? error.message) : error.message;
    return problem === known ? undefined : { seen: problem, loaded: { problem } };
  }
}

/** Names, sizes and times of all rule files. */
async function stateOf(folders: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const folder of folders) {
    for (const file of await ruleFiles(folder)) {
      const { mtimeMs, size } = await stat(file);
      parts.push(`${file} ${mtimeMs} ${size}`);
    }
  }
  return `files\n${parts.join('\n')}`;
}

await main();
