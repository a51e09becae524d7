import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveEventIds } from './derived-id.ts';
import { parseTenantId } from './tenant-id.ts';
import { isUuid, TOCSIN_NAMESPACE, uuidBytes, uuidV5 } from './uuid.ts';

/** The plain twin: RFC 9562 section 5.5 by the library's SHA-1. */
function derivePlainly(tenant: string, frameId: string, ordinal: number): string {
  const name = Buffer.alloc(20);
  uuidBytes(frameId).copy(name);
  name.writeUInt32BE(ordinal, 16);
  const hash = createHash('sha1')
    .update(uuidBytes(uuidV5(TOCSIN_NAMESPACE, tenant)))
    .update(name)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => hex.slice(from, to))
    .join('-');
}

describe('ids of events derived from a frame', () => {
  it('equal those of the library hash, for any tenant, frame and ordinal', () => {
    const tenants = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/);
    const ordinals = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(
        tenants,
        fc.uuid(),
        fc.array(ordinals, { minLength: 1 }),
        (tenant, frame, list) => {
          const derive = deriveEventIds(parseTenantId(tenant), frame);
          for (const ordinal of list) {
            expect(derive(ordinal)).toBe(derivePlainly(tenant, frame, ordinal));
          }
        },
      ),
    );
  });

  it('are valid version 5 ids that differ by tenant, frame and ordinal', () => {
    const frame = '018f3c1e-0000-7000-8000-000000000001';
    const other = '018f3c1e-0000-7000-8000-000000000002';
    const acme = parseTenantId('acme-corp');
    const ids = [
      deriveEventIds(acme, frame)(0),
      deriveEventIds(acme, frame)(1),
      deriveEventIds(acme, other)(0),
      deriveEventIds(parseTenantId('globex'), frame)(0),
    ];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) {
      expect(isUuid(id)).toBe(true);
      expect(id[14]).toBe('5');
    }
  });

  it('stay what they were: stored events depend on them', () => {
    const derive = deriveEventIds(
      parseTenantId('acme-corp'),
      '018f3c1e-0000-7000-8000-000000000001',
    );
    expect(derive(7)).toMatchInlineSnapshot(`"060f5d66-b03e-57db-ad60-3a402fb6e8fe"`);
  });
});
