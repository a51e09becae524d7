import { CanonicalEvent } from '@tocsin/contracts/canonical-event.ts';
import Type from 'typebox';

const text = Type.Optional(Type.String());

/** An event as searches answer it: the canonical event and what the pipeline found out about it. */
export const StoredEvent = Type.Object(
  {
    ...CanonicalEvent.properties,
    ingested_at: Type.String({ format: 'date-time' }),
    src_ip: text,
    dst_ip: text,
    message: text,
    /** Ids of the rules that matched it. */
    rules: Type.Optional(Type.Array(Type.String())),
    parse_status: Type.String(),
    parse_error: text,
  },
  { additionalProperties: true, title: 'Stored event' },
);
