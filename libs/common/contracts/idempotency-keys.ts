/** A value that makes a repeat harmless. */
interface IdempotencyKey {
  readonly name: string;
  /** What it is made of, so that a repeat gives the same. */
  readonly madeOf: string;
  /** What happens with a repeat. */
  readonly repeat: string;
  /** Where it is enforced; `undefined` while that part does not exist. */
  readonly enforcedBy: string | undefined;
}

/** Every idempotency key of the product (X-18, B-081). All are unique within their tenant only. */
export const IDEMPOTENCY_KEYS: readonly IdempotencyKey[] = [
  {
    name: 'event_id',
    madeOf: "the client's UUID, else UUIDv5 of tenant, frame id and ordinal",
    repeat:
      "a client's id seen again within this and the previous received day is counted as duplicate and stored once",
    enforcedBy: 'event store',
  },
  {
    name: 'source offset',
    madeOf: 'bus position of a frame, kept by store and windows in their own transactions',
    repeat: 'an offset at or below the applied one is ignored',
    enforcedBy: 'event store, window store',
  },
  {
    name: 'alert_id',
    madeOf: 'UUIDv5 of tenant, rule, group key and the event that opened the episode',
    repeat: 'only a higher `revision` changes the alert; status and assignee are never touched',
    enforcedBy: 'table `alerts`',
  },
  {
    name: 'incident_key',
    madeOf: 'what the alerts share (actor, host or source address) and the first of them',
    repeat: 'the same incident is extended, not made again',
    enforcedBy: 'table `incidents`',
  },
  {
    name: 'open case of an incident',
    madeOf: 'the incident: at most one case of it is open',
    repeat: 'the open case is used',
    enforcedBy: 'table `cases`',
  },
  {
    name: 'envelope event_id',
    madeOf: 'id of the outbox row, UUIDv7, written in the transaction of the change',
    repeat: 'the message is delivered again under the same id; consumers remember it',
    enforcedBy: 'outbox, bus',
  },
  {
    name: 'scan key',
    madeOf: '`{scan_type}+{asset_key}+{period_bucket}`, the bucket an hour such as `2026-02-17T19`',
    repeat: 'no second job in the same hour',
    enforcedBy: undefined,
  },
  {
    name: 'finding_key',
    madeOf: "asset, category and title hash, or the scanner's own id",
    repeat: '200 with the existing record instead of 201',
    enforcedBy: undefined,
  },
];

/** Prints `docs/contracts/idempotency-keys.md`. */
export function idempotencyPage(): string {
  const rows = IDEMPOTENCY_KEYS.map(
    ({ name, madeOf, repeat, enforcedBy }) =>
      `| ${name} | ${madeOf} | ${repeat} | ${enforcedBy ?? 'not built yet'} |`,
  );
  return [
    '# Idempotency keys',
    '',
    'Printed from `libs/common/contracts/idempotency-keys.ts` by `node scripts/dev/write-reference.ts`; a test keeps it current.',
    '',
    'Everything is delivered at least once, so each message and request that changes something carries a value',
    'by which a repeat is recognised. Each is unique within its tenant, never across tenants.',
    '',
    '| key | made of | a repeat | enforced by |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
