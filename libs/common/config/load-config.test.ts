import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_QUOTA } from '@tocsin/contracts/tenant-quota.ts';
import { isProblem, type Problem } from '@tocsin/kernel/problem.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { environmentPage } from './environment-page.ts';
import { identityOf } from './identity.ts';
import { loadConfig } from './load-config.ts';
import { CONTROL_CONFIG, DATA_CONFIG, PROCESS_CONFIGS, SUPERVISOR_CONFIG } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'tocsin-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function refusalOf(environment: Record<string, string>): Problem {
  try {
    loadConfig(SUPERVISOR_CONFIG, environment);
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('loading a configuration', () => {
  it('gives defaults when nothing is set, and takes an empty variable as unset', () => {
    const defaults = loadConfig(SUPERVISOR_CONFIG, {});
    expect(defaults).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      logLevel: 'info',
      jwtAudience: 'tocsin',
    });
    expect(loadConfig(SUPERVISOR_CONFIG, { TOCSIN_PORT: ' ', TOCSIN_BUS_URL: '' })).toEqual(
      defaults,
    );
  });

  it('reports all faults at once by variable, and no value', () => {
    const problem = refusalOf({
      TOCSIN_PORT: 'hunter2',
      TOCSIN_LOG_LEVEL: 'loud',
      TOCSIN_DATABASE_URL: 'mysql://root:hunter2@db/x',
      TOCSIN_JWT_JWKS_URL: 'http://example.org/keys',
    });
    expect(problem.errors.map((fault) => fault.pointer)).toEqual([
      'TOCSIN_PORT',
      'TOCSIN_LOG_LEVEL',
      'TOCSIN_DATABASE_URL',
      'TOCSIN_JWT_JWKS_URL',
    ]);
    expect(JSON.stringify([problem.detail, problem.errors])).not.toMatch(
      /hunter2|loud|mysql|example/,
    );
  });

  it.each(['65536', '-1', '80.5', '0x50', '8080a', '1e3'])('refuses the port %s', (port) => {
    expect(refusalOf({ TOCSIN_PORT: port }).errors[0]?.pointer).toBe('TOCSIN_PORT');
  });

  it.each([
    ['TOCSIN_BUS_URL', 'LMDB'],
    ['TOCSIN_SEARCH_URL', 'DuckDB'],
  ])('refuses %s, because only the embedded engine exists', (variable, engine) => {
    const problem = refusalOf({ [variable]: 'nats://user:hunter2@bus' });
    expect(problem.detail).toContain(`only the embedded engine (${engine}) exists yet`);
    expect(problem.detail).not.toContain('hunter2');
  });
});

describe('secrets', () => {
  const file = join(folder, 'url');
  writeFileSync(file, 'postgres://app:hunter2@db/tocsin\n');

  it('come from the variable or from the file that ..._FILE names', () => {
    for (const environment of [
      { TOCSIN_DATABASE_URL: 'postgres://app:hunter2@db/tocsin' },
      { TOCSIN_DATABASE_URL_FILE: file },
    ]) {
      const { databaseUrl } = loadConfig(SUPERVISOR_CONFIG, environment);
      expect(databaseUrl?.reveal()).toBe('postgres://app:hunter2@db/tocsin');
      expect(JSON.stringify({ databaseUrl })).not.toContain('hunter2');
    }
  });

  it('are refused when both are set, and when the file cannot be read', () => {
    const both = { TOCSIN_DATABASE_URL: 'postgres://db', TOCSIN_DATABASE_URL_FILE: file };
    expect(refusalOf(both).detail).toContain('keep one');
    expect(refusalOf({ TOCSIN_DATABASE_URL_FILE: join(folder, 'absent') }).detail).toContain(
      'cannot be read',
    );
  });
});

describe('the issuer of tokens', () => {
  const issuer = { TOCSIN_JWT_ISSUER: 'https://id.example.org' };
  const jwks = { TOCSIN_JWT_JWKS_URL: 'https://id.example.org/keys' };
  const pem = { TOCSIN_JWT_PUBLIC_KEY_FILE: '/etc/tocsin/key.pem' };

  it.each([
    ['an issuer without keys', issuer],
    ['an issuer with two sources of keys', { ...issuer, ...jwks, ...pem }],
    ['keys without an issuer', jwks],
    ['no issuer at all', { TOCSIN_LOCAL_ISSUER: 'off' }],
    ['the local issuer beyond loopback', { TOCSIN_HOST: '0.0.0.0' }],
  ])('refuses %s', (_name, environment) => {
    expect(() => loadConfig(CONTROL_CONFIG, environment)).toThrow(/TOCSIN_/);
  });

  it.each([
    ['the local one by default', {}, { external: undefined, localKeysFolder: '/keys' }],
    [
      'an external one alone',
      { ...issuer, ...jwks },
      {
        external: { issuer: 'https://id.example.org', jwksUrl: 'https://id.example.org/keys' },
        localKeysFolder: undefined,
      },
    ],
    [
      'both when asked',
      { ...issuer, ...pem, TOCSIN_LOCAL_ISSUER: 'on', TOCSIN_HOST: '0.0.0.0' },
      {
        external: { issuer: 'https://id.example.org', publicKeyFile: '/etc/tocsin/key.pem' },
        localKeysFolder: '/keys',
      },
    ],
  ])('trusts %s', (_name, environment, expected) => {
    expect(identityOf(loadConfig(CONTROL_CONFIG, environment), '/keys')).toEqual({
      audience: 'tocsin',
      ...expected,
    });
    expect(loadConfig(DATA_CONFIG, environment).jwtAudience).toBe('tocsin');
  });
});

describe('the listeners', () => {
  it.each([
    ['a certificate without its key', { TOCSIN_TLS_CERT_FILE: '/etc/cert.pem' }],
    ['a key without its certificate', { TOCSIN_TLS_KEY_FILE: '/etc/key.pem' }],
    ['every origin', { TOCSIN_CORS_ORIGINS: '*' }],
    ['an origin with a path', { TOCSIN_CORS_ORIGINS: 'https://console.example/app' }],
    ['an origin of another kind', { TOCSIN_CORS_ORIGINS: 'https://a.example, null' }],
    ['a proxy by name', { TOCSIN_TRUSTED_PROXIES: 'proxy.example' }],
    ['a network that is too long', { TOCSIN_TRUSTED_PROXIES: '10.0.0.0/33' }],
  ])('refuse %s', (_name, environment) => {
    expect(() => loadConfig(CONTROL_CONFIG, environment)).toThrow(/TOCSIN_/);
  });

  it('take lists', () => {
    const config = loadConfig(CONTROL_CONFIG, {
      TOCSIN_CORS_ORIGINS: 'https://console.example, http://localhost:3000',
      TOCSIN_TRUSTED_PROXIES: '10.0.0.0/8,2001:db8::/32,127.0.0.1',
    });
    expect(config.corsOrigins).toEqual(['https://console.example', 'http://localhost:3000']);
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '2001:db8::/32', '127.0.0.1']);
    expect(loadConfig(CONTROL_CONFIG, {}).corsOrigins).toEqual([]);
  });
});

describe('the quota of those for whom nothing is set', () => {
  const required = { TOCSIN_HOME: '/tmp/home' };
  const quotaOf = (text: string) =>
    loadConfig(DATA_CONFIG, { ...required, TOCSIN_DEFAULT_QUOTA: text }).defaultQuota;

  it('keeps what is not named', () => {
    expect(quotaOf(' ingest_events_per_second=5000, api_keys = 20')).toEqual({
      ...DEFAULT_QUOTA,
      ingest_events_per_second: 5000,
      api_keys: 20,
    });
    expect(loadConfig(DATA_CONFIG, required).defaultQuota).toEqual(DEFAULT_QUOTA);
  });

  it.each([
    'nonsense',
    'events=1',
    'users=0',
    'users=-1',
    'users=1.5',
    '__proto__=1',
    'users=1,',
  ])('is not %s', (text) => {
    expect(() => quotaOf(text)).toThrow(/TOCSIN_DEFAULT_QUOTA/);
  });
});

describe('the reference page', () => {
  it('is what the schemas print (run scripts/dev/write-reference.ts after a change)', () => {
    const path = new URL('../../../docs/reference/environment.md', import.meta.url);
    expect(readFileSync(path, 'utf8')).toBe(environmentPage(PROCESS_CONFIGS));
  });
});
