import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'tocsin with spaces '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd = folder): Promise<Ended> {
  const env = { ...process.env, TOCSIN_HOME: join(folder, 'home') };
  return new Promise((done) => {
    execFile(command, args, { cwd, env }, (error, stdout, stderr) =>
      done({ status: error?.code ?? 0, stdout, stderr }),
    );
  });
}

const tocsin = (...args: string[]): Promise<Ended> => run(join(root, 'tocsin'), args);

describe('the command line', () => {
  it('runs from any folder, through a link, with spaces in the path', async () => {
    const link = join(folder, 'a link');
    symlinkSync(join(root, 'tocsin'), link);
    const { status, stdout, stderr } = await run(link, ['version', '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ tocsin: '0.1.0' });
  });

  it.each([
    [['nonsense']],
    [['token', '--role', 'root']],
    [['up', '--port', 'many']],
    [['tenant', 'create']],
    [['search', '--export', '--limit', '5']],
  ])('answers %j with exit status 2 and how to get help', async (args) => {
    const { status, stderr } = await tocsin(...args);
    expect(status).toBe(2);
    expect(stderr).toContain('help');
  });

  it.each([
    [['alerts']],
    [['tenant', 'list']],
    [['token', '--role', 'platform_admin']],
    [['ingest', join(root, 'LICENSE')]],
  ])('answers %j with one sentence that says what to do when nothing runs', async (args) => {
    const { status, stdout, stderr } = await tocsin(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^tocsin: Tocsin is not running here\. Start it with `tocsin up`.*\n$/);
  });

  it('prints an error as JSON when JSON is asked for', async () => {
    const { status, stdout } = await tocsin('alerts', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'unavailable' } });
  });

  it('names the file that cannot be read', async () => {
    const { status, stderr } = await tocsin('ingest', join(folder, 'absent'));
    expect(status).toBe(1);
    expect(stderr).toContain(`${join(folder, 'absent')} cannot be read (ENOENT)`);
  });

  it('checks the machine and fails only where something fails', async () => {
    const { stdout } = await tocsin('doctor', '--json');
    const report: { ok: boolean; findings: { verdict: string }[] } = JSON.parse(stdout);
    expect(report.findings.length).toBeGreaterThan(8);
    expect(report.ok).toBe(report.findings.every(({ verdict }) => verdict !== 'fail'));
  });

  it('says that nothing is to be stopped', async () => {
    expect(await tocsin('down')).toMatchObject({ status: 0, stdout: 'Tocsin is not running.\n' });
  });
});
