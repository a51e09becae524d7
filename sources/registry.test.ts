import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { genericJson } from './generic-json/generic-json.ts';
import { findByApp, findByHint, SOURCES } from './registry.ts';
import { syslog } from './syslog/syslog.ts';

const ALL = [...SOURCES, genericJson, syslog];

describe('the list of sources', () => {
  it.each(
    ALL.map((source) => [source.id, source] as const),
  )('has %s in a folder of its name, with README and samples', (id) => {
    for (const file of [`${id}.ts`, 'README.md', 'samples.ts']) {
      expect(existsSync(join(import.meta.dirname, id, file))).toBe(true);
    }
  });

  it('gives each hint to one source, in lower case', () => {
    const hints = ALL.flatMap((source) => source.hints);
    expect(new Set(hints).size).toBe(hints.length);
    expect(hints.filter((hint) => hint !== hint.toLowerCase())).toEqual([]);
  });

  it('gives each syslog app-name to one source', () => {
    const apps = ALL.flatMap((source) => (source.reads === 'text' ? source.apps : []));
    expect(new Set(apps).size).toBe(apps.length);
  });

  it('finds a source by its id, whatever the case', () => {
    for (const source of SOURCES) {
      expect(findByHint(source.id)?.id).toBe(source.id);
      expect(findByHint(source.id.toUpperCase())?.id).toBe(source.id);
    }
    expect(findByApp('sshd')?.id).toBe('linux-auth');
    expect(findByHint('constructor')).toBeUndefined();
  });
});
