import { severityLabel } from '@tocsin/contracts/severity.ts';
import type { Document } from '@tocsin/search/search-store.ts';
import Type, { type Static } from 'typebox';

/** An event as older clients read it. */
export const StoredRecord = Type.Object(
  {
    event_id: Type.String(),
    ts: Type.String(),
    source: Type.String(),
    log_type: Type.String(),
    severity: Type.String(),
    message: Type.String(),
    fields: Type.Record(Type.String(), Type.Unknown()),
  },
  { title: 'Stored record' },
);
export type StoredRecord = Static<typeof StoredRecord>;

/** The words of severity that older clients know, and what they mean here (Resolution 3). */
export const SEVERITY_WORDS = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type SeverityWord = (typeof SEVERITY_WORDS)[number];

/** The form of an event on these ports. One that came by them is as it was sent; another shows what fits. */
export function storedRecord(document: Document): StoredRecord {
  const attributes = objectOf(document['attributes']);
  const sent = attributes['log_type'] !== undefined && attributes['fields'] !== undefined;
  return {
    event_id: textOf(document['event_id']),
    ts: textOf(document['timestamp']),
    source: textOf(attributes['source']) || textOf(objectOf(document['source'])['system']),
    log_type: textOf(attributes['log_type']) || textOf(document['category']),
    severity: severityLabel(Number(document['severity'] ?? 0)),
    message: textOf(attributes['message']) || textOf(document['message']),
    fields: sent ? objectOf(attributes['fields']) : attributes,
  };
}

function objectOf(value: unknown): Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
