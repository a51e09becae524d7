import { CASE_STATUSES, CASE_TITLE_MAX, type CaseStatus } from '@tocsin/contracts/case.ts';
import { uuidText } from '@tocsin/http/path-id.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import Type, { type Static } from 'typebox';

/** Longest description and comment, in characters. */
export const CASE_TEXT_MAX = 20_000;

/** Largest metadata of a case, in bytes of JSON. */
export const CASE_METADATA_BYTES_MAX = 16 * 1024;

/** Most alerts that one request links. */
export const LINKED_ALERTS_MAX = 100;

const members = {
  title: Type.String({ minLength: 1, maxLength: CASE_TITLE_MAX, pattern: '\\S' }),
  description: Type.String({ maxLength: CASE_TEXT_MAX }),
  severity: Type.Integer({ minimum: 0, maximum: 10 }),
  assigned_to: Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()]),
  metadata: Type.Object({}, { additionalProperties: true }),
};

/** The body of `POST /v1/cases`. */
export const CaseInput = Type.Object(
  {
    title: members.title,
    description: Type.Optional(members.description),
    severity: Type.Optional(members.severity),
    assigned_to: Type.Optional(members.assigned_to),
    metadata: Type.Optional(members.metadata),
    alert_ids: Type.Optional(
      Type.Array(uuidText, { maxItems: LINKED_ALERTS_MAX, description: 'Alerts to link' }),
    ),
    incident_id: Type.Optional(uuidText),
  },
  { additionalProperties: false, title: 'Case to open' },
);
export type CaseInput = Static<typeof CaseInput>;

/** The body of `PATCH` and `PUT /v1/cases/{id}`: members left out stay as they are. */
export const CaseChange = Type.Object(
  {
    title: Type.Optional(members.title),
    description: Type.Optional(members.description),
    severity: Type.Optional(members.severity),
    status: Type.Optional(Type.Enum([...CASE_STATUSES] as CaseStatus[])),
    assigned_to: Type.Optional(members.assigned_to),
    metadata: Type.Optional(members.metadata),
  },
  { additionalProperties: false, minProperties: 1, title: 'Change of a case' },
);
export type CaseChange = Static<typeof CaseChange>;

/** @throws Problem `invalid_request` past {@link CASE_METADATA_BYTES_MAX} */
export function checkMetadata(metadata: object | undefined): void {
  if (metadata === undefined) return;
  if (Buffer.byteLength(JSON.stringify(metadata)) <= CASE_METADATA_BYTES_MAX) return;
  const detail = `has at most ${CASE_METADATA_BYTES_MAX} bytes of JSON`;
  throw new Problem('invalid_request', {
    detail: `/metadata ${detail}`,
    errors: [{ pointer: '/metadata', detail }],
  });
}
