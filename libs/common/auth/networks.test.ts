import { describe, expect, it } from 'vitest';
import { isNetwork, Networks } from './networks.ts';

describe('a list of networks', () => {
  const list = new Networks(['192.0.2.0/24', '198.51.100.7', '2001:db8::/32', 'fe80::/10']);

  it.each([
    '192.0.2.0',
    '192.0.2.255',
    '::ffff:192.0.2.9',
    '::ffff:c000:209',
    '198.51.100.7',
    '2001:db8:ffff::1',
    '2001:0DB8::1',
    'fe80::1%eth0',
  ])('has %s', (address) => expect(list.includes(address)).toBe(true));

  it.each([
    '192.0.3.0',
    '198.51.100.8',
    '2001:db9::1',
    '::1',
    '',
    'localhost',
    '192.0.2',
    '::',
  ])('has no %j', (address) => expect(list.includes(address)).toBe(false));

  it.each([
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/8',
    '192.0.2.7',
    '2001:db8::1/128',
    '192.0.2.9/24',
  ])('may have %s', (text) => expect(isNetwork(text)).toBe(true));

  it.each([
    '',
    '/',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '010.0.0.1',
    '0x7f.1',
    'fe80::1%eth0',
    '::/129',
    '10.0.0.0/ 8',
    '10.0.0.0/1e1',
  ])('may not have %j', (text) => expect(isNetwork(text)).toBe(false));
});
