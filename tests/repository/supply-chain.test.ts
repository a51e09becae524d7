import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../scripts/dev/find-secrets.ts';
import { lockfileFaults } from '../../scripts/dev/lockfile-faults.ts';

const GOOD = {
  version: '1.0.0',
  integrity: `sha512-${'A'.repeat(86)}==`,
  license: 'MIT',
};

describe('the lockfile check', () => {
  const faultsOf = (change: object): string[] =>
    lockfileFaults({ packages: { '': {}, 'node_modules/left': { ...GOOD, ...change } } });

  it.each([
    ['a package that is pinned', {}],
    ['one of several licences', { license: '(GPL-3.0 OR MIT)' }],
    ['several allowed licences', { license: 'MIT AND Apache-2.0' }],
    ['any licence of a tool that is not shipped', { license: 'GPL-3.0', dev: true }],
    ['a folder of the repository', { link: true, resolved: 'libs/left', integrity: undefined }],
  ])('passes %s', (_name, change) => expect(faultsOf(change)).toEqual([]));

  it.each([
    ['a host', { resolved: 'https://registry.example/left.tgz' }, 'names the host'],
    ['no hash', { integrity: undefined }, 'not pinned'],
    ['an old hash', { integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }, 'not pinned'],
    ['a licence that binds the product', { license: 'AGPL-3.0' }, 'AGPL-3.0'],
    ['a licence that binds in part', { license: 'MIT AND GPL-2.0' }, 'GPL-2.0'],
    ['no licence', { license: undefined }, 'nobody stated'],
    ['a script at installation', { hasInstallScript: true }, 'run a script'],
  ])('finds %s', (_name, change, words) => {
    expect(faultsOf(change).join()).toContain(words);
  });
});

describe('the secret scan', () => {
  /** In parts, so that this file is clean. */
  const PLANTED = [
    ['AWS key', `AKIA${'Q3EGRNBZ7LMX5WVT'}`],
    ['GitHub token', `gh${'p_'}${'Zk3'.repeat(13)}`],
    ['Slack token', `xox${'b-'}${'123456789012-abcdefghij'}`],
    ['npm token', `npm${'_'}${'a1B2'.repeat(9)}`],
    ['private key', `-----BEGIN ${'PRIVATE KEY'}-----\n${'MIIEvQ'.repeat(30)}\n`],
    ['signed token', `${'eyJhbGciOiJFUzI1NiJ9aaaa'}.eyJ${'zdWIi'.repeat(6)}.${'c2ln'.repeat(12)}`],
    ['password in a URL', `postgres://app:${'T9f-2kQvx'}@db7.internal/tocsin`],
    ['Tocsin key', `tcs_${'live'}_a1b2c3d4e5_${'Zk3'.repeat(9)}_ab12cd`],
  ];

  it.each(PLANTED)('finds a planted %s, and does not repeat it', (_name, secret) => {
    const found = findSecrets('a.ts', `first line\nconst key = '${secret}';\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^a\.ts:2: looks like /);
    expect(found[0]).not.toContain(secret);
  });

  it('passes what is invented', () => {
    const text = 'postgres://app:hunter2@db/tocsin https://user:password@example.org';
    expect(findSecrets('a.ts', text)).toEqual([]);
  });
});

it('this repository passes both', () => {
  const told = execFileSync(process.execPath, ['scripts/dev/supply-chain.ts'], {
    encoding: 'utf8',
  });
  expect(told).toBe('no fault\n');
});
