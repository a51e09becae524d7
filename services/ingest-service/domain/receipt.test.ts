import { createHmac, randomBytes } from 'node:crypto';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidBytes } from '@tocsin/kernel/uuid.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReceipt, parseReceipt, RECEIPT_PARTS_MAX, type ReceiptPart } from './receipt.ts';

const key = randomBytes(32);
const acme = parseTenantId('acme-corp');
const globex = parseTenantId('globex');
const refused = expect.objectContaining({ code: 'not_found' });

const part = fc.record({
  frameId: fc.uuid(),
  first: fc.nat(0xffffffff),
  count: fc.nat(0xffffffff),
});
const parts = fc.array(part, { minLength: 1, maxLength: 8 });

describe('a receipt', () => {
  it('gives back its parts to its tenant', () => {
    fc.assert(
      fc.property(parts, (given) => {
        expect(parseReceipt(key, acme, formatReceipt(key, acme, given))).toEqual(given);
      }),
    );
  });

  it('holds as many parts as a request can have frames', () => {
    const most: ReceiptPart[] = Array.from({ length: RECEIPT_PARTS_MAX }, (_, index) => ({
      frameId: '019c9b2e-7a10-7d44-8a0f-53f1b1c0a001',
      first: index,
      count: 1,
    }));
    expect(parseReceipt(key, acme, formatReceipt(key, acme, most))).toEqual(most);
    const over = [...most, ...most.slice(0, 1)];
    expect(() => parseReceipt(key, acme, formatReceipt(key, acme, over))).toThrow(refused);
  });

  it('is not found by another tenant or under another key', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const id = formatReceipt(key, acme, given);
        expect(() => parseReceipt(key, globex, id)).toThrow(refused);
        expect(() => parseReceipt(randomBytes(32), acme, id)).toThrow(refused);
      }),
      { numRuns: 30 },
    );
  });

  it('is not found when any bit of it is changed', () => {
    fc.assert(
      fc.property(parts, fc.nat(), (given, at) => {
        const bytes = Buffer.from(formatReceipt(key, acme, given), 'base64url');
        const bit = at % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => parseReceipt(key, acme, bytes.toString('base64url'))).toThrow(refused);
      }),
    );
  });

  it('is not found when it is any other text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(() => parseReceipt(key, acme, text)).toThrow(refused);
      }),
    );
  });

  it('carries the HMAC of RFC 2104 over tenant and parts', () => {
    const given = { frameId: '019c9b2e-7a10-7d44-8a0f-53f1b1c0a001', first: 3, count: 4 };
    const bytes = Buffer.from(formatReceipt(key, acme, [given]), 'base64url');
    const numbers = Buffer.from([0, 0, 0, 3, 0, 0, 0, 4]);
    const message = Buffer.concat([Buffer.from('acme-corp\n'), uuidBytes(given.frameId), numbers]);
    const expected = createHmac('sha256', key).update(message).digest().subarray(0, 16);
    expect(bytes.subarray(-16)).toEqual(expected);
  });
});
