import type { Condition } from '@tocsin/content/rule-document.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { describe, expect, it } from 'vitest';
import { sampleEvent } from '../testing/sample-event.ts';
import { compileCondition } from './compile-condition.ts';

const meets = (condition: Condition, members: Partial<NormalizedEvent>): boolean =>
  compileCondition(condition)(sampleEvent(members));

const hostile = JSON.parse(
  '{"__proto__":"polluted","a":{"__proto__":{"b":1},"c":"deep"},"id.orig_h":"10.0.0.1","n":"42","list":["x","Why"]}',
);

describe('compileCondition', () => {
  it.each<[Condition, Partial<NormalizedEvent>, boolean]>([
    [{ field: 'action', equals: 'LOGIN' }, { action: 'Login' }, true],
    [{ field: 'action', equals: 'login' }, { action: 'logins' }, false],
    [{ field: 'action', equals: ['a', 'login'] }, { action: 'login' }, true],
    [{ field: 'severity', equals: 5 }, { severity: 5 }, true],
    [{ field: 'severity', at_least: 5 }, { severity: 4 }, false],
    [{ field: 'severity', at_least: 5 }, { severity: 5 }, true],
    [{ field: 'message', contains: 'Root' }, { message: 'as ROOT now' }, true],
    [{ field: 'message', words: 'sudo' }, { message: 'ran SUDO: ok' }, true],
    [{ field: 'message', words: 'sudo' }, { message: 'sudo' }, true],
    [{ field: 'message', words: 'sudo' }, { message: 'pseudocode sudoku, sudo' }, true],
    [{ field: 'message', words: 'sudo' }, { message: 'pseudocode sudoku' }, false],
    [{ field: 'message', words: ['x', 'failed login'] }, { message: '3 failed logins' }, false],
    [{ field: 'message', words: ['x', 'failed login'] }, { message: 'a failed login' }, true],
    [{ field: 'message', starts_with: 'as r' }, { message: 'As Root' }, true],
    [{ field: 'message', starts_with: 'root' }, { message: 'as root' }, false],
    [{ field: 'message', ends_with: ['x', '.EXE'] }, { message: 'a.exe' }, true],
    [{ field: 'message', ends_with: 'longer than the text' }, { message: 'text' }, false],
    [{ field: 'message', contains: 'x' }, {}, false],
    [{ not: { field: 'message', contains: 'x' } }, {}, true],
    [{ field: 'src_ip', exists: true }, { srcIp: '10.0.0.1' }, true],
    [{ field: 'src_ip', exists: true }, {}, false],
    [{ field: 'src_ip', exists: false }, {}, true],
    [{ field: 'tags', equals: 'b' }, { tags: ['a', 'B'] }, true],
    [{ field: 'actor', equals: 'ann' }, { actorName: 'ann' }, true],
    [{ field: 'actor', equals: 'ann' }, { actorId: 'u1', actorName: 'ann' }, false],
    [
      {
        all: [
          { field: 'action', equals: 'a' },
          { field: 'outcome', equals: 'success' },
        ],
      },
      { action: 'a', outcome: 'failure' },
      false,
    ],
    [
      {
        any: [
          { field: 'action', equals: 'a' },
          { field: 'outcome', equals: 'success' },
        ],
      },
      { action: 'a', outcome: 'failure' },
      true,
    ],
  ])('%j on %j is %s', (condition, members, expected) => {
    expect(meets(condition, members)).toBe(expected);
  });

  it.each<[Condition, boolean]>([
    [{ field: 'attributes.id.orig_h', equals: '10.0.0.1' }, true],
    [{ field: 'attributes.a.c', equals: 'deep' }, true],
    [{ field: 'attributes.n', equals: 42 }, true],
    [{ field: 'attributes.n', at_least: 42 }, true],
    [{ field: 'attributes.n', at_least: 43 }, false],
    [{ field: 'attributes.list', equals: 'why' }, true],
    [{ field: 'attributes.toString', exists: true }, false],
    [{ field: 'attributes.constructor.name', exists: true }, false],
    [{ field: 'attributes.__proto__', equals: 'polluted' }, true],
    [{ field: 'attributes.a.__proto__.b', equals: 1 }, true],
    [{ field: 'attributes.a', equals: '[object Object]' }, false],
  ])('%j on hostile attributes is %s', (condition, expected) => {
    expect(meets(condition, { attributes: hostile })).toBe(expected);
  });

  it('finds no member that only every object has', () => {
    expect(meets({ field: 'attributes.__proto__', exists: true }, {})).toBe(false);
  });

  it('points at a field that does not exist', () => {
    const condition: Condition = { all: [{ not: { field: 'actor.nick', equals: 'x' } }] };
    expect(() => compileCondition(condition)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        errors: [
          { pointer: '/condition/all/0/not/field', detail: expect.stringContaining('nick') },
        ],
      }),
    );
  });

  it('takes a nesting of 16 and refuses one of 17', () => {
    const nested = (depth: number): Condition =>
      depth === 1 ? { field: 'action', equals: 'a' } : { not: nested(depth - 1) };
    expect(() => compileCondition(nested(16))).not.toThrow();
    expect(() => compileCondition(nested(17))).toThrow(/16 deep/);
  });
});
