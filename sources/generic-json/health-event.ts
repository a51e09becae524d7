import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { setTarget } from '../parties.ts';
import type { JsonRecord } from '../source.ts';
import { textOf } from '../text-member.ts';

/** `{@timestamp, service, asset, level: "health", status, status_num, code, latency_ms}` (Resolution 2). */
export function isHealthEvent(record: JsonRecord): boolean {
  return record.level === 'health' && typeof record.status === 'string';
}

/** A probe's answer: the asset is the target, down is a failure. */
export function healthMembers(event: NormalizedEvent, record: JsonRecord): void {
  const up = record.status === 'up';
  event.category = 'ops';
  event.action = 'health_check';
  event.outcome = up ? 'success' : 'failure';
  event.severity = up ? 0 : 5;
  const asset = textOf(record.asset ?? record.asset_key);
  if (asset !== '') {
    setTarget(event, 'asset', asset);
  }
  if (event.message === '') {
    event.message = `${textOf(record.service)} ${asset} is ${textOf(record.status)}`.trim();
  }
}
