import { seededRandom } from '@tocsin/kernel/random.ts';
import { describe, expect, it } from 'vitest';
import { parseTraceparent, startTraceparent, traceIdOf } from './trace.ts';

const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('traceparent (W3C Trace Context)', () => {
  it('passes through unchanged and names its trace', () => {
    expect(parseTraceparent(good)).toBe(good);
    expect(traceIdOf(good)).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it.each([
    ['absent', undefined],
    ['twice', [good, good]],
    ['of an unknown version', good.replace(/^00/, 'ff')],
    ['in upper case', good.toUpperCase()],
    ['with a trace id of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['with a parent id of zeros', `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`],
    ['too long', `${good}-x`],
    ['with a line end', `${good.slice(0, 54)}\n`],
  ])('is not taken %s', (_name, value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  });

  it('is started well-formed', () => {
    const started = startTraceparent(seededRandom(1));
    expect(parseTraceparent(started)).toBe(started);
  });

  it('of nothing names no trace', () => {
    expect(traceIdOf('')).toBe('');
  });
});
