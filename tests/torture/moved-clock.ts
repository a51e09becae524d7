import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultTools, librariesOf } from './fault-tools.ts';

const LIBRARY = 'libfaketime.so.1';
/** How long a process goes on with the offset it has read. */
const REREAD_S = 1;

/** A wall clock that moves under every process that is started with its environment: libfaketime, told by a file. */
export class MovedClock {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined on a machine that has no libfaketime and cannot fetch it. */
  static async make(): Promise<MovedClock | undefined> {
    const tools = await faultTools();
    const places = [
      ...(tools === undefined ? [] : [librariesOf(tools)]),
      '/usr/lib/x86_64-linux-gnu',
      '/usr/lib/aarch64-linux-gnu',
    ];
    const found = places.map((place) => `${place}/faketime/${LIBRARY}`).find(existsSync);
    if (found === undefined) return undefined;
    const folder = await mkdtemp(join(tmpdir(), 'tc-'));
    // PostgreSQL runs as a user who need not see the repository.
    await chmod(folder, 0o755);
    await copyFile(found, join(folder, LIBRARY));
    await chmod(join(folder, LIBRARY), 0o755);
    const clock = new MovedClock(folder);
    await clock.set(0);
    return clock;
  }

  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: join(this.#folder, LIBRARY),
      FAKETIME_TIMESTAMP_FILE: join(this.#folder, 'offset'),
      FAKETIME_CACHE_DURATION: `${REREAD_S}`,
      // A machine whose clock is set does not change how long a second is.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Sets the clock so many seconds off; resolves when every process has it. */
  async set(seconds: number): Promise<void> {
    const path = join(this.#folder, 'offset');
    await writeFile(`${path}.new`, `${seconds < 0 ? '' : '+'}${seconds}`);
    await chmod(`${path}.new`, 0o644);
    await rename(`${path}.new`, path);
    await sleep(REREAD_S * 1_500);
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
