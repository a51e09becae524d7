import type { Route } from '@tocsin/http/route.ts';
import { createIngestService, type IngestServiceDeps } from '@tocsin/ingest-service/service.ts';

/** What the services of the process `data` run on. */
export type DataParts = IngestServiceDeps;

/** Composes the services that take events in; see `control-services.ts` for why apart from the process. */
export function composeData(parts: DataParts): { readonly routes: readonly Route[] } {
  return { routes: createIngestService(parts).routes };
}
