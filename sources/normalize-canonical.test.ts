import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeCanonical } from './normalize-canonical.ts';

const RECEIVED_AT = Date.UTC(2026, 2, 2);

describe('a posted canonical event', () => {
  it('needs nothing but a category (X-02)', () => {
    expect(normalizeCanonical('{"category":"auth"}', RECEIVED_AT)).toMatchObject({
      eventId: '',
      clientId: false,
      timestamp: RECEIVED_AT,
      category: 'auth',
      severity: 0,
      sourceSystem: 'api',
      attributesJson: '{}',
      parseStatus: 'ok',
    });
  });

  it('keeps all that it states (X-01)', () => {
    const item = JSON.stringify({
      tenant_id: 'acme-corp',
      event_id: '0B6E9A54-51C8-4C0E-9D3A-0C8F4B8F9F11',
      timestamp: '2026-03-01T10:00:00+01:00',
      source: { system: 'vpn', integration: 'openvpn', host: 'vpn-1' },
      category: 'auth',
      severity: 7,
      actor: { type: 'user', id: 'u-1', name: 'Mira', email: 'mira@hollow.example' },
      target: { type: 'asset', id: 'fs-1', name: 'files' },
      action: 'login',
      outcome: 'failure',
      attributes: { failed_login_count: 3, src_ip: '10.20.1.14', message: 'bad password' },
      tags: ['vpn', 'remote'],
    });
    expect(normalizeCanonical(item, RECEIVED_AT)).toMatchObject({
      eventId: '0b6e9a54-51c8-4c0e-9d3a-0c8f4b8f9f11',
      clientId: true,
      timestamp: Date.UTC(2026, 2, 1, 9),
      sourceSystem: 'vpn',
      sourceIntegration: 'openvpn',
      sourceHost: 'vpn-1',
      severity: 7,
      actorType: 'user',
      actorId: 'u-1',
      actorName: 'Mira',
      actorEmail: 'mira@hollow.example',
      targetType: 'asset',
      targetId: 'fs-1',
      targetName: 'files',
      action: 'login',
      outcome: 'failure',
      srcIp: '10.20.1.14',
      message: 'bad password',
      tags: ['vpn', 'remote'],
      attributes: { failed_login_count: 3 },
      attributesJson: '{"failed_login_count":3,"src_ip":"10.20.1.14","message":"bad password"}',
    });
  });

  it('keeps the text of its attributes, so that numbers beyond 2^53 stay exact', () => {
    const item = '{ "category" : "ops", "attributes" : { "n" : 9007199254740993, "s": "}\\"{" } }';
    expect(normalizeCanonical(item, RECEIVED_AT).attributesJson).toBe(
      '{ "n" : 9007199254740993, "s": "}\\"{" }',
    );
  });

  it('is not misled by the word attributes elsewhere, twice, or spelled by escapes', () => {
    for (const item of [
      '{"category":"ops","tags":["attributes"],"attributes":{"a":1}}',
      '{"category":"ops","action":"\\"attributes\\":{","attributes":{"a":1}}',
      '{"category":"ops","attributes":{"attributes":{"b":2}},"attributes":{"a":1}}',
      '{"category":"ops","attributes":{"b":2},"\\u0061ttributes":{"a":1}}',
      '{"category":"ops","\\u0061ttributes":{"attributes":{"b":2},"a":1}}',
    ]) {
      const event = normalizeCanonical(item, RECEIVED_AT);
      expect(JSON.parse(event.attributesJson)).toEqual(event.attributes);
    }
  });

  it('has a text of attributes that says what they are, for any attributes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (attributes, action) => {
        const item = JSON.stringify({ action, category: 'ops', attributes, tags: ['x'] });
        const event = normalizeCanonical(item, RECEIVED_AT);
        expect(JSON.parse(event.attributesJson)).toEqual(event.attributes);
      }),
      { numRuns: 2000 },
    );
  });
});
