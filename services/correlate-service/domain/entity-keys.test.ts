import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoredAlert } from '../testing/scored-alerts.ts';
import { ENTITIES_PER_KIND_MAX, entityKeys, repeatKeyOf } from './entity-keys.ts';

const NOBODY = { actor: {}, hosts: [], src_ips: [] };

describe('names that tie alerts', () => {
  it.each([
    ['-'],
    [''],
    ['  '],
    ['N/A'],
    ['unknown'],
    ['(unknown)'],
    ['null'],
    ['LOCALHOST'],
  ])('takes %j for no name', (name) => {
    const alert = scoredAlert('a', { actor: { id: name, name }, hosts: [name], src_ips: [name] });
    expect(entityKeys(alert, 'repeat:x').keys).toEqual(['repeat:x']);
  });

  it.each([
    ['127.0.0.1'],
    ['127.8.9.10'],
    ['0.0.0.0'],
    ['::1'],
    ['::'],
    ['0:0:0:0:0:0:0:1'],
    ['169.254.1.2'],
    ['fe80::1'],
    ['::ffff:127.0.0.1'],
    ['255.255.255.255'],
    ['not an address'],
    ['999.1.1.1'],
  ])('does not tie by the address %s', (address) => {
    const alert = scoredAlert('a', { ...NOBODY, src_ips: [address] });
    expect(entityKeys(alert, 'repeat:x').keys).toEqual(['repeat:x']);
  });

  it.each([
    ['10.0.0.5'],
    ['192.168.1.9'],
    ['203.0.113.7'],
    ['2001:db8::7'],
    ['fd00::5'],
  ])('ties by the address %s', (address) => {
    const alert = scoredAlert('a', { ...NOBODY, src_ips: [address] });
    expect(entityKeys(alert, 'repeat:x').keys).toContain(`ip:${address}`);
  });

  it('takes a loopback address in the place of a host for no host', () => {
    const alert = scoredAlert('a', { ...NOBODY, hosts: ['127.0.0.1'] });
    expect(entityKeys(alert, 'repeat:x').keys).toEqual(['repeat:x']);
  });

  it('ignores case, and ties by id and by name', () => {
    const alert = scoredAlert('a', { ...NOBODY, actor: { id: 'S-1-5-21-7', name: 'CORP\\Bob' } });
    const { keys } = entityKeys(alert, 'repeat:x');
    expect(keys).toEqual(['actor:s-1-5-21-7', 'actor:corp\\bob', 'repeat:x']);
  });

  it.each([
    ['root'],
    ['NT AUTHORITY\\SYSTEM'],
    ['S-1-5-18'],
    ['web-1/Administrator'],
  ])('ties by the account %s only where no host is known', (id) => {
    const named = scoredAlert('a', { ...NOBODY, actor: { id }, hosts: ['web-1'] });
    expect(entityKeys(named, 'repeat:x').keys).toEqual(['host:web-1', 'repeat:x']);
    const bare = scoredAlert('a', { ...NOBODY, actor: { id } });
    expect(entityKeys(bare, 'repeat:x').keys).toContain(`actor:${id.toLowerCase()}`);
  });

  it('ties a storm by its rule alone', () => {
    expect(entityKeys(scoredAlert('a', { storm: true }), 'repeat:x').keys).toEqual(['repeat:x']);
  });

  it('is bounded and always holds the repeat key, whatever the alert says', () => {
    const alert = fc.record({
      hosts: fc.array(fc.string(), { maxLength: 200 }),
      src_ips: fc.array(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), { maxLength: 200 }),
      actor: fc.record({ id: fc.string({ maxLength: 2000 }), name: fc.string() }),
    });
    fc.assert(
      fc.property(alert, (change) => {
        const { keys } = entityKeys(scoredAlert('a', change), 'repeat:x');
        expect(keys).toContain('repeat:x');
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.length).toBeLessThanOrEqual(3 * ENTITIES_PER_KIND_MAX + 1);
        for (const key of keys) expect(key.length).toBeLessThanOrEqual(300);
      }),
    );
  });
});

describe('the key of a repeat', () => {
  const plain = (text: string): string => text;

  it('is equal for the same rule and group in any order', () => {
    const one = scoredAlert('a', { group: { a: '1', b: '2' } });
    const other = scoredAlert('b', { group: { b: '2', a: '1' } });
    expect(repeatKeyOf(one, plain)).toBe(repeatKeyOf(other, plain));
  });

  it('differs by rule and by group', () => {
    const key = repeatKeyOf(scoredAlert('a'), plain);
    expect(repeatKeyOf(scoredAlert('a', { rule_id: 'other' }), plain)).not.toBe(key);
    expect(repeatKeyOf(scoredAlert('a', { group: { 'actor.id': 'eve' } }), plain)).not.toBe(key);
  });
});
