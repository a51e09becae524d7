import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { TEXT_SOURCES } from '@tocsin/sources/registry.ts';
import { SigmaRules } from '../domain/sigma/sigma-rules.ts';

const FOLDER = join(
  dirname(fileURLToPath(import.meta.resolve('@tocsin/content/package.json'))),
  'sigma',
);

/** The Sigma rules that ship, as a process has them. */
export function shippedSigma(): SigmaRules {
  const files = globSync('**/*.yml', { cwd: FOLDER }).sort();
  const sigma = new SigmaRules(new Set(['syslog', ...TEXT_SOURCES.map(({ id }) => id)]));
  sigma.use(
    loadSigma(files.map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }))),
  );
  return sigma;
}
