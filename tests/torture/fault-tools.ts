import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from '../e2e/harness.ts';

const run = promisify(execFile);
const FETCH_MS_MAX = 120_000;

let folder: Promise<string | undefined> | undefined;

/**
 * The folder of tools that this machine need not have, fetched once by `scripts/dev/fault-tools`; undefined where that
 * is not possible.
 */
export function faultTools(): Promise<string | undefined> {
  folder ??= run(`${ROOT}/scripts/dev/fault-tools`, { timeout: FETCH_MS_MAX }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
  return folder;
}

/** The folder's place for libraries, as Debian names it for this machine. */
export function librariesOf(tools: string): string {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return `${tools}/usr/lib/${machine}-linux-gnu`;
}
