import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chown, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND_MS_MAX, type CommandResult, freshHome, MAIN, surroundings } from './harness.ts';

interface Account {
  readonly uid: number;
  readonly gid: number;
}

const account = process.getuid?.() === 0 ? findAccount() : undefined;

describe.skipIf(account === undefined)('tocsin demo by a user without rights', () => {
  let home = '';
  let result: CommandResult;

  beforeAll(async () => {
    const user = account as Account;
    home = await freshHome();
    await chown(home, user.uid, user.gid);
    result = await demoAs(user, home);
  });

  afterAll(() => rm(home, { recursive: true, force: true }));

  it('exits with 0 and shows what is expected (A-098)', () => {
    expect(result.stderr).not.toContain('not as expected');
    expect(result.status, result.stderr).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({ ok: true, faults: [] });
  });
});

/** The account `nobody`, where there is one that can read the repository: a clone below `/root` it cannot. */
function findAccount(): Account | undefined {
  try {
    const id = (option: string) =>
      Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8', stdio: 'pipe' }));
    const found = { uid: id('-u'), gid: id('-g') };
    const look = `require('node:fs').accessSync(${JSON.stringify(MAIN)})`;
    return spawnSync(process.execPath, ['-e', look], found).status === 0 ? found : undefined;
  } catch {
    return undefined;
  }
}

function demoAs({ uid, gid }: Account, home: string): Promise<CommandResult> {
  const args = [MAIN, 'demo', '--exit', '--json', '--home', join(home, 'demo')];
  const env = surroundings({ HOME: home });
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { uid, gid, env, cwd: home, timeout: COMMAND_MS_MAX, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ status, stdout, stderr });
      },
    );
  });
}
