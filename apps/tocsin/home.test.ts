import { describe, expect, it } from 'vitest';
import { defaultHomePath, homeAt, socketsFit } from './home.ts';

describe('the default home', () => {
  it.each([
    ['TOCSIN_HOME', { tocsinHome: '/srv/t', uid: 0, userHome: '/root' }, '/srv/t'],
    [
      'a folder the dropped user reaches, as root',
      { uid: 0, userHome: '/root' },
      '/var/lib/tocsin',
    ],
    ['a folder of the user', { uid: 1000, userHome: '/home/ann' }, '/home/ann/.local/share/tocsin'],
    [
      'the folder of the user when TOCSIN_HOME is empty',
      { tocsinHome: '', uid: 1, userHome: '/h' },
      '/h/.local/share/tocsin',
    ],
  ])('is %s', (_, around, path) => {
    expect(defaultHomePath({ tocsinHome: undefined, ...around })).toBe(path);
  });
});

describe('socketsFit', () => {
  it('accepts a path whose longest socket name fits and refuses one byte more', () => {
    const fits = `/${'x'.repeat(103 - '/run/.s.PGSQL.65535'.length - 1)}`;
    expect(socketsFit(homeAt(fits))).toBe(true);
    expect(socketsFit(homeAt(`${fits}x`))).toBe(false);
  });
});
