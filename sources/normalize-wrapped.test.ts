import { describe, expect, it } from 'vitest';
import { normalizeWrapped } from './normalize-wrapped.ts';

const RECEIVED_AT = Date.UTC(2026, 2, 2);

describe('a wrapped line', () => {
  it('is normalised by its hint, with the host the sender names', () => {
    const raw = '{"msg":"hello"}';
    const event = normalizeWrapped(
      JSON.stringify({ raw, source: 'json', host: 'edge-7' }),
      RECEIVED_AT,
    );
    expect(event).toMatchObject({
      sourceIntegration: 'generic-json',
      sourceHost: 'edge-7',
      message: 'hello',
      attributesJson: raw,
    });
  });

  it('needs neither hint nor host', () => {
    const event = normalizeWrapped('{"raw":"Mar  2 08:15:30 h su: + tty1 a:root"}', RECEIVED_AT);
    expect(event).toMatchObject({ sourceIntegration: 'linux-auth', action: 'su' });
  });

  it.each([
    ['is no JSON', '{"raw":', 'malformed_json'],
    ['is null', 'null', 'no_raw'],
    ['is an array', '["raw"]', 'no_raw'],
    ['has no raw', '{"source":"zeek"}', 'no_raw'],
    ['has a raw that is no text', '{"raw":{"a":1}}', 'no_raw'],
    ['has its raw in __proto__', '{"__proto__":{"raw":"x"}}', 'no_raw'],
  ])('that %s is kept as text and marked failed', (_, item, reason) => {
    expect(normalizeWrapped(item, RECEIVED_AT)).toMatchObject({
      parseStatus: 'failed',
      parseError: reason,
      message: item,
    });
  });

  it('is not misled by a hint or host of another type', () => {
    const event = normalizeWrapped('{"raw":"{}","source":7,"host":{"a":1}}', RECEIVED_AT);
    expect(event).toMatchObject({ parseStatus: 'ok', sourceHost: '' });
  });
});
