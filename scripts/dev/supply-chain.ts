import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { findSecrets } from './find-secrets.ts';
import { type Lockfile, lockfileFaults } from './lockfile-faults.ts';

/**
 * `node scripts/dev/supply-chain.ts`: the lockfile pins every package by a hash and names no host, production
 * packages have licences that may be shipped, and no file of the repository holds a secret. Prints each fault, and
 * exits with 1 when there is one.
 */

/** Larger files are data. */
const FILE_BYTES_MAX = 2_000_000;

const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
const faults = [...lockfileFaults(lockfile), ...secretsInFiles()];
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(faults.length === 0 ? 'no fault\n' : `${faults.length} faults\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** What git keeps, or would keep. */
function secretsInFiles(): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const paths = listed.split('\0').filter((path) => path !== '');
  return paths.flatMap((path) => {
    const file = statSync(path, { throwIfNoEntry: false });
    if (file?.isFile() !== true || file.size > FILE_BYTES_MAX) return [];
    return findSecrets(path, readFileSync(path, 'utf8'));
  });
}
