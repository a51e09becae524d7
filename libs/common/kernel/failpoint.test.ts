import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { assert, never } from './assert.ts';
import { FAILPOINTS, noFailpoints, parseFailpoints } from './failpoint.ts';
import { Secret } from './secret.ts';

describe('failpoints', () => {
  it('kill at the planned pass and at no other', () => {
    let kills = 0;
    const hook = parseFailpoints('roll.after-commit:3,cursor.before-commit', () => {
      kills += 1;
    });
    hook('roll.after-commit');
    hook('roll.after-commit');
    hook('publish.after-commit');
    expect(kills).toBe(0);
    hook('roll.after-commit');
    expect(kills).toBe(1);
    hook('roll.after-commit');
    expect(kills).toBe(1);
    hook('cursor.before-commit');
    expect(kills).toBe(2);
  });

  it.each([
    'roll.renamed',
    'roll.after-commit:x',
    'roll.after-commit:0',
    'roll.after-commit:1.5',
  ])('refuse the plan %s', (plan) => {
    expect(() => parseFailpoints(plan, () => undefined)).toThrow('failpoint');
  });

  it('do nothing by default', () => {
    for (const label of FAILPOINTS) expect(noFailpoints(label)).toBeUndefined();
    expect(() => parseFailpoints('', () => undefined)('cursor.before-commit')).not.toThrow();
  });
});

describe('assertions', () => {
  it('name the broken invariant', () => {
    expect(() => assert(true, 'fine')).not.toThrow();
    expect(() => assert(0, 'the sum is positive')).toThrow('invariant broken: the sum is positive');
    expect(() => never('x' as never)).toThrow('unreachable value "x"');
  });
});

describe('a secret', () => {
  it('is given by reveal and shown by nothing', () => {
    const secret = new Secret('hunter2');
    expect(secret.reveal()).toBe('hunter2');
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      Object.values(secret).join(),
    ];
    expect(shown.join()).not.toContain('hunter2');
    expect(structuredClone({ ...secret })).toEqual({});
  });
});
