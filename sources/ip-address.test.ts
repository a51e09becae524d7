import { describe, expect, it } from 'vitest';
import { ipOf } from './ip-address.ts';

describe('an address', () => {
  it.each([
    ['10.20.1.14', '10.20.1.14'],
    ['::ffff:10.20.1.14', '10.20.1.14'],
    ['2001:db8::9', '2001:db8::9'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
    ['-', ''],
    ['LOCAL', ''],
    ['host.example', ''],
    ['10.20.1', ''],
    ['10.20.1.14; x', ''],
    ['', ''],
    [7, ''],
    [undefined, ''],
    ['1:'.repeat(500), ''],
  ])('%s is kept as %s', (value, expected) => {
    expect(ipOf(value)).toBe(expected);
  });
});
