import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives a run of the tests one folder for all that its tests put into the system's temporary folder, and removes it in
 * the end: a test that forgets one of hundreds leaves nothing. The name is short, because sockets lie below it, whose
 * paths may have 107 bytes.
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'tv-'));
  await chmod(folder, 0o711); // as root, the account of PostgreSQL must enter it
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  return async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(folder, { recursive: true, force: true });
  };
}
