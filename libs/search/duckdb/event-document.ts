import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { LIST_SEPARATOR } from '../fields.ts';
import type { Document } from '../search-store.ts';
import { parseExactJson } from './exact-json.ts';

type Row = Readonly<Record<string, unknown>>;

/** An event row as a document: the canonical event and what the store adds. Absent members are left out. */
export function documentFromRow(row: Row, rawRef: string): Document {
  const text = (column: string): string => String(row[column] ?? '');
  return compact({
    tenant_id: text('tenant_id'),
    event_id: text('event_id'),
    timestamp: new Date(Number(row['timestamp'])).toISOString(),
    ingested_at: new Date(Number(row['ingested_at'])).toISOString(),
    category: text('category'),
    severity: Number(row['severity']),
    action: text('action'),
    outcome: text('outcome'),
    source: compact({
      system: text('source_system'),
      integration: text('source_integration'),
      host: text('source_host'),
    }),
    actor: compact({
      type: text('actor_type'),
      id: text('actor_id'),
      name: text('actor_name'),
      email: text('actor_email'),
    }),
    target: compact({
      type: text('target_type'),
      id: text('target_id'),
      name: text('target_name'),
    }),
    src_ip: text('src_ip'),
    dst_ip: text('dst_ip'),
    message: text('message'),
    tags: listOf(text('tags')),
    rules: listOf(text('rules')),
    parse_status: text('parse_status'),
    parse_error: text('parse_error'),
    attributes: text('attributes') === '' ? undefined : parseExactJson(text('attributes')),
    raw_ref: rawRef,
  });
}

/** A document as the pipeline's form of an event. It was an event before: its members are of the right types. */
export function eventFromDocument(document: Document): NormalizedEvent {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const part = (name: string): Row => (document[name] ?? {}) as Row;
  const [source, actor, target] = [part('source'), part('actor'), part('target')];
  const attributes = part('attributes');
  const timestamp = Date.parse(text(document['timestamp']));
  assert(Number.isFinite(timestamp), 'an event document has a timestamp');
  return {
    eventId: text(document['event_id']),
    clientId: true,
    timestamp,
    category: text(document['category']) as NormalizedEvent['category'],
    severity: Number(document['severity'] ?? 0),
    action: text(document['action']),
    outcome: text(document['outcome']) as NormalizedEvent['outcome'],
    sourceSystem: text(source['system']),
    sourceIntegration: text(source['integration']),
    sourceHost: text(source['host']),
    actorType: text(actor['type']) as NormalizedEvent['actorType'],
    actorId: text(actor['id']),
    actorName: text(actor['name']),
    actorEmail: text(actor['email']),
    targetType: text(target['type']) as NormalizedEvent['targetType'],
    targetId: text(target['id']),
    targetName: text(target['name']),
    srcIp: text(document['src_ip']),
    dstIp: text(document['dst_ip']),
    message: text(document['message']),
    tags: (document['tags'] as string[] | undefined) ?? [],
    attributes,
    attributesJson: JSON.stringify(attributes),
    logsources: [],
    parseStatus: (text(document['parse_status']) || 'ok') as NormalizedEvent['parseStatus'],
    parseError: text(document['parse_error']),
  };
}

function listOf(joined: string): string[] | undefined {
  return joined === '' ? undefined : joined.slice(1, -1).split(LIST_SEPARATOR);
}

/** Leaves out members that are absent: `''`, undefined, or an object without members. */
function compact(members: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(members)) {
    const empty =
      typeof value === 'object' &&
      value !== null &&
      name !== 'attributes' &&
      Object.keys(value).length === 0;
    if (value === '' || value === undefined || empty) delete members[name];
  }
  return members;
}
