import { FRAME_BODY_BYTES_MAX, type Frame } from '@tocsin/bus/frame.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV5, uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';

/**
 * Packs alerts of one tenant into frames of `alerts.scored`. What a frame of events gave gets ids derived from it, so
 * that a replay sends the same frames; updates that were held back get fresh ids, and their content makes them harmless.
 */
export function alertFrames(
  world: World,
  alerts: readonly ScoredAlert[],
  tenantId: TenantId,
  cause: Frame | undefined,
): Frame[] {
  const parts: Buffer[][] = [[]];
  let bytes = 0;
  for (const alert of alerts) {
    const line = Buffer.from(JSON.stringify(alert));
    if (bytes > 0 && bytes + 1 + line.length > FRAME_BODY_BYTES_MAX) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(line);
    bytes += line.length + 1;
  }
  return parts.map((lines, part) => ({
    id:
      cause === undefined ? uuidV7(world.clock, world.random) : uuidV5(cause.id, `alerts/${part}`),
    tenantId,
    topic: 'alerts.scored',
    keySlot: 0,
    count: lines.length,
    contentType: 'application/x-ndjson',
    sourceHint: '',
    receivedAt: cause?.receivedAt ?? world.clock.now(),
    traceparent: cause?.traceparent ?? '',
    requestId: cause?.requestId ?? '',
    body: Buffer.from(lines.map((line) => line.toString()).join('\n')),
  }));
}
