import { writeFileSync } from 'node:fs';
import { problemsPage } from './problems-page.ts';

/** Writes `docs/reference/problems.md`. */
const path = new URL('../../../docs/reference/problems.md', import.meta.url);
writeFileSync(path, problemsPage());
