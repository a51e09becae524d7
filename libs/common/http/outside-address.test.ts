import { describe, expect, it } from 'vitest';
import { outsideAddresses } from './outside-address.ts';

describe('outsideAddresses', () => {
  const open = outsideAddresses([]);
  it.each([
    ...['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'],
  ])('lets %s be called', (address) => {
    expect(open.mayCall(address)).toBe(true);
  });

  it.each([
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255'],
    ...[
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '198.18.0.1',
    ],
    ...['::1', '::', 'fe80::1', 'fd00::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
    ...['64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', '2001::1', '::127.0.0.1'],
    ...['', 'localhost', '127.1', '0x7f000001', '2130706433', '8.8.8.8/8'],
  ])('does not let %j be called', (address) => {
    expect(open.mayCall(address)).toBe(false);
  });

  it('lets an allowed network be called, and only that', () => {
    const some = outsideAddresses(['10.1.0.0/16', '192.168.7.7', 'fd00:1::/32']);
    for (const address of ['10.1.2.3', '192.168.7.7', 'fd00:1::5', '::ffff:10.1.0.9']) {
      expect(some.mayCall(address)).toBe(true);
      expect(some.isAllowedNetwork(address)).toBe(true);
    }
    for (const address of ['10.2.0.1', '192.168.7.8', 'fd00:2::5']) {
      expect(some.mayCall(address)).toBe(false);
    }
    expect(some.isAllowedNetwork('8.8.8.8')).toBe(false);
  });
});
