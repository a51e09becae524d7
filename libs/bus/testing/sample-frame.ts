import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { Frame } from '../frame.ts';

const NAMESPACE = '00000000-0000-5000-8000-000000000000';
let made = 0;

/** A frame for tests: the given lines as its items, a new id each time. */
export function sampleFrame(
  lines: readonly string[] = ['one line'],
  change: Partial<Frame> = {},
): Frame {
  made += 1;
  return {
    id: uuidV5(NAMESPACE, String(made)),
    tenantId: parseTenantId('acme-corp'),
    topic: 'raw.events',
    keySlot: 0,
    count: lines.length,
    contentType: 'text/plain',
    sourceHint: '',
    receivedAt: Date.UTC(2026, 0, 1),
    traceparent: '',
    requestId: '',
    body: Buffer.from(lines.join('\n')),
    ...change,
  };
}
