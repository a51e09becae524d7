import type { TSchema } from 'typebox';
import { Alert, ScoredAlert } from './alert.ts';
import { CanonicalEvent, EventInput } from './canonical-event.ts';
import { Case } from './case.ts';
import { Envelope } from './envelope.ts';
import { Incident } from './incident.ts';

/** A schema that others may build on, and the file below `docs/` it is printed to. */
export interface PublishedSchema {
  readonly path: string;
  readonly description: string;
  readonly schema: TSchema;
}

/** All published schemas. The code validates by these very objects, so the files cannot say anything else. */
export const PUBLISHED_SCHEMAS: readonly PublishedSchema[] = [
  {
    path: 'schema/canonical_event.json',
    description: 'What every source is mapped to: the canonical event (X-01).',
    schema: CanonicalEvent,
  },
  {
    path: 'schema/event_input.json',
    description:
      'What POST /v1/ingest/events takes: a canonical event of which only the category is needed.',
    schema: EventInput,
  },
  {
    path: 'contracts/event-envelope.json',
    description: 'The wrapper of every low-rate message on the bus (X-17).',
    schema: Envelope,
  },
  {
    path: 'contracts/scored-alert.json',
    description: 'A message of the topic alerts.scored: one episode of a rule, in absolute values.',
    schema: ScoredAlert,
  },
  { path: 'contracts/alert.json', description: 'An alert of the API (X-06).', schema: Alert },
  { path: 'contracts/incident.json', description: 'An incident of the API.', schema: Incident },
  { path: 'contracts/case.json', description: 'A case of the API (X-08).', schema: Case },
];

/** One published schema as the text of its file (JSON Schema 2020-12). */
export function printSchema({ path, description, schema }: PublishedSchema): string {
  const name = path.replace(/^.*\/|\.json$/g, '');
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:tocsin:schema:${name}`,
    description,
    ...schema,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
