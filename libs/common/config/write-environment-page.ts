import { writeFileSync } from 'node:fs';
import { environmentPage } from './environment-page.ts';
import { PROCESS_CONFIGS } from './processes.ts';

/** Writes `docs/reference/environment.md`. */
const path = new URL('../../../docs/reference/environment.md', import.meta.url);
writeFileSync(path, environmentPage(PROCESS_CONFIGS));
