import { mkdirSync, writeFileSync } from 'node:fs';
import { rolesPage } from '@tocsin/auth/roles-page.ts';
import { environmentPage } from '@tocsin/config/environment-page.ts';
import { PROCESS_CONFIGS } from '@tocsin/config/processes.ts';
import { idempotencyPage } from '@tocsin/contracts/idempotency-keys.ts';
import { PUBLISHED_SCHEMAS, printSchema } from '@tocsin/contracts/published-schemas.ts';
import { problemsPage } from '@tocsin/kernel/problems-page.ts';

/** Writes every page and schema that is printed from code; tests beside that code keep them current. */
const docs = new URL('../../docs/', import.meta.url);
for (const folder of ['reference', 'schema', 'contracts']) {
  mkdirSync(new URL(`${folder}/`, docs), { recursive: true });
}
writeFileSync(new URL('reference/environment.md', docs), environmentPage(PROCESS_CONFIGS));
writeFileSync(new URL('reference/problems.md', docs), problemsPage());
writeFileSync(new URL('reference/roles.md', docs), rolesPage());
writeFileSync(new URL('contracts/idempotency-keys.md', docs), idempotencyPage());
for (const published of PUBLISHED_SCHEMAS) {
  writeFileSync(new URL(published.path, docs), printSchema(published));
}
