import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { Home } from '../home.ts';
import { findHolder } from '../supervisor/lock.ts';

/** Says that a folder is a demo's, so that a demo may empty it. */
const MARK = 'this-is-a-demo';
/** What a demo may keep of an earlier one: programs and compiled code, nothing that was sent to it. */
const KEPT = new Set([MARK, 'engine', 'cache']);

/**
 * Makes a home for a demo that begins with nothing, so that what it shows is what comes of its sample.
 * Only folders that a demo made are emptied.
 *
 * @throws Problem `conflict` when a demo runs there, or when the folder holds something else
 */
export async function freshHome(home: Home): Promise<void> {
  const holder = await findHolder(home);
  if (holder !== undefined) {
    throw new Problem('conflict', {
      detail: `a demo runs already, at http://127.0.0.1:${holder.port} (process ${holder.pid}). Use it, or stop it with Ctrl-C or \`tocsin down\`.`,
    });
  }
  const names = await namesIn(home.root);
  if (names.length > 0 && !names.includes(MARK)) {
    throw new Problem('conflict', {
      detail: `${home.root} is not the folder of a demo and will not be emptied. Give an empty one with --home.`,
    });
  }
  await mkdir(home.root, { recursive: true });
  for (const name of names.filter((one) => !KEPT.has(one))) {
    await rm(join(home.root, name), { recursive: true, force: true });
  }
  await writeFile(join(home.root, MARK), 'Emptied by every `tocsin demo`.\n');
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
