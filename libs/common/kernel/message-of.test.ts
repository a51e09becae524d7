import { expect, it } from 'vitest';
import { messageOf } from './message-of.ts';

it.each([
  ['an error', new TypeError('no such file'), 'no such file'],
  ['a text', 'gone', 'gone'],
  ['nothing', undefined, 'undefined'],
  ['an object', { code: 1 }, '[object Object]'],
])('says what %s says', (_what, thrown, said) => {
  expect(messageOf(thrown)).toBe(said);
});
