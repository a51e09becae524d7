import { readFileSync } from 'node:fs';
import { wholeDocument } from '@tocsin/http/openapi-whole.ts';
import { productVersion } from '../../version.ts';
import { routeTables } from './route-tables.ts';

/** Where the document is kept. */
export const OPENAPI_FILE = new URL('../../../../docs/reference/openapi.json', import.meta.url);

/** The document of the API as the running routes are, as it is kept. */
export function printOpenapi(): string {
  return `${JSON.stringify(wholeDocument(productVersion(), routeTables()), undefined, 2)}\n`;
}

/** The document as it is kept. */
export function readOpenapi(): string {
  return readFileSync(OPENAPI_FILE, 'utf8');
}
