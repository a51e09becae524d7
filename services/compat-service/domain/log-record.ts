import Type, { type Static } from 'typebox';

/** Most records of one batch. */
export const BATCH_MAX = 1000;

const SEVERITIES = { info: 0, low: 2, medium: 5, high: 8, critical: 10 } as const;
type SeverityWord = keyof typeof SEVERITIES;

/** A record as older clients send it. */
export const LogRecord = Type.Object(
  {
    source: Type.String({ minLength: 1, maxLength: 200 }),
    log_type: Type.String({ minLength: 1, maxLength: 100 }),
    severity: Type.Enum(Object.keys(SEVERITIES) as SeverityWord[]),
    message: Type.String({ maxLength: 20_000 }),
    fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: true, title: 'Log record' },
);
export type LogRecord = Static<typeof LogRecord>;

/** What `log_type` means (Resolution 2); every other is `ops`. */
const CATEGORIES: ReadonlyMap<string, string> = new Map([
  ['authentication', 'auth'],
  ['authorization', 'auth'],
  ['network', 'network'],
  ['endpoint', 'endpoint'],
  ['cloud', 'cloud'],
  ['k8s-audit', 'k8s'],
  ['data_access', 'storage'],
]);

const WORDS = { actor: 200, address: 64 } as const;

/** The record as a canonical event. The record stays whole in `attributes`. UNTRUSTED: all of it. */
export function eventOf(record: LogRecord, eventId: string, now: number): object {
  const { source, log_type, severity, fields = {} } = record;
  const user = textOf(fields['user'] ?? fields['username'], WORDS.actor);
  const srcIp = textOf(fields['src_ip'] ?? fields['source_ip'] ?? fields['ip'], WORDS.address);
  const dstIp = textOf(fields['dst_ip'] ?? fields['destination_ip'], WORDS.address);
  const action = textOf(fields['action'], WORDS.actor);
  return {
    event_id: eventId,
    timestamp: new Date(now).toISOString(),
    category: CATEGORIES.get(log_type) ?? 'ops',
    severity: SEVERITIES[severity],
    source: { system: source },
    ...(user === '' ? {} : { actor: { type: 'user', id: user } }),
    ...(action === '' ? {} : { action }),
    ...outcomeOf(record, fields),
    attributes: {
      ...record,
      ...(srcIp === '' ? {} : { src_ip: srcIp }),
      ...(dstIp === '' ? {} : { dst_ip: dstIp }),
    },
  };
}

/** What these senders write about an attempt that failed; they have no member for it. */
const FAILED_LOGIN =
  /\b(?:failed login|login failed|failed password|invalid password|authentication failed)\b/i;

function outcomeOf(
  { log_type, message }: LogRecord,
  fields: Readonly<Record<string, unknown>>,
): { readonly outcome?: 'success' | 'failure' } {
  const { outcome } = fields;
  if (outcome === 'success' || outcome === 'failure') return { outcome };
  if (log_type !== 'authentication' || !FAILED_LOGIN.test(message)) return {};
  return { outcome: 'failure' };
}

function textOf(value: unknown, lengthMax: number): string {
  return typeof value === 'string' ? value.slice(0, lengthMax).toWellFormed() : '';
}
