import { writeFileSync } from 'node:fs';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { OPENAPI_FILE, printOpenapi } from '../../apps/tocsin/processes/testing/print-openapi.ts';

/** Writes the API document from the routes, and the types of the client from that document. */
const document = printOpenapi();
writeFileSync(OPENAPI_FILE, document);
const types = astToString(
  await openapiTypescript(JSON.parse(document), {
    alphabetize: true,
    defaultNonNullable: false,
  }),
);
const head = '/** Printed from docs/reference/openapi.json by `npm run openapi`; do not edit. */\n';
writeFileSync(new URL('../../clients/typescript/api.generated.ts', import.meta.url), head + types);
