import Type, { type Static } from 'typebox';

/** The wrapper of every low-rate message on the bus (X-17, B-080). Further members are allowed. */
export const Envelope = Type.Object(
  {
    event_id: Type.String({ format: 'uuid' }),
    event_type: Type.String({ minLength: 1, maxLength: 100 }),
    ts: Type.String({ format: 'date-time' }),
    tenant_id: Type.String(),
    /** Older readers' name for `tenant_id`; equal to it. */
    org_id: Type.Optional(Type.String()),
    request_id: Type.Optional(Type.String()),
    trace_id: Type.Optional(Type.String()),
    asset_key: Type.Optional(Type.String()),
    severity: Type.Optional(Type.String()),
    payload: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: true, title: 'Event envelope' },
);

/** {@link Envelope} as a type. */
export type Envelope = Static<typeof Envelope>;
