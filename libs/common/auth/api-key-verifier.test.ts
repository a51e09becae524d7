import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import { systemRandom } from '@tocsin/kernel/random.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatApiKey, newKeyId, newKeySecret } from './api-key.ts';
import {
  ApiKeyVerifier,
  KEY_LOOKUPS_MAX,
  KEY_STATE_MS_MAX,
  KEY_STATES_MAX,
  KEY_USED_EVERY_MS,
  type StoredKey,
  WRONG_SECRET_MS,
} from './api-key-verifier.ts';
import { KeyPepper } from './key-pepper.ts';

const pepper = new KeyPepper(Buffer.alloc(32, 1));
const other = new KeyPepper(Buffer.alloc(32, 2));

let clock: ManualClock;
let stored: Map<string, StoredKey>;
let reads: number;
let hold: Promise<void> | undefined;
let verifier: ApiKeyVerifier;

beforeEach(() => {
  clock = new ManualClock();
  stored = new Map();
  reads = 0;
  hold = undefined;
  const directory = {
    async find(keyId: string) {
      reads += 1;
      await hold;
      return stored.get(keyId);
    },
  };
  verifier = new ApiKeyVerifier(directory, pepper, clock);
});

function give(change: Partial<StoredKey> = {}, by = pepper): string {
  const keyId = newKeyId(systemRandom);
  const secret = newKeySecret(systemRandom);
  stored.set(keyId, {
    keyId,
    tenantId: parseTenantId('acme-corp'),
    environment: 'live',
    scopes: ['events:write'],
    source: undefined,
    expiresAt: undefined,
    revoked: false,
    secrets: [{ mac: by.mac(keyId, secret), pepperId: by.id, endsAt: undefined }],
    ...change,
  });
  return formatApiKey({ environment: 'live', keyId, secret });
}

function madeUp(): string {
  const key = { keyId: newKeyId(systemRandom), secret: newKeySecret(systemRandom) };
  return formatApiKey({ environment: 'live', ...key });
}

async function outcome(text: string): Promise<string> {
  try {
    return (await verifier.verify(text)).subject.slice(0, 4);
  } catch (error) {
    if (!isProblem(error)) throw error;
    return `${error.status} ${error.detail}`;
  }
}

describe('the use of an API key', () => {
  const now = () => clock.now();
  let used: string[];
  let renewed: [string, string][];
  const noting = (by: KeyPepper) =>
    new ApiKeyVerifier(
      {
        find: async (keyId) => stored.get(keyId),
        noteUse: ({ keyId }) => {
          used.push(keyId);
          const key = stored.get(keyId);
          if (key !== undefined) stored.set(keyId, { ...key, lastUsedAt: now() });
        },
        renew: (key, _old, present) => {
          renewed.push([key.keyId, present.pepperId]);
          stored.set(key.keyId, { ...key, secrets: [{ ...present, endsAt: undefined }] });
        },
      },
      by,
      clock,
    );
  beforeEach(() => {
    used = [];
    renewed = [];
  });

  it('is written down once in ten minutes, whatever comes, and never for a wrong secret', async () => {
    const key = give();
    const sut = noting(pepper);
    for (let passed = 0; passed < KEY_USED_EVERY_MS; passed += KEY_STATE_MS_MAX) {
      await sut.verify(key);
      await sut.verify(key);
      await clock.advance(KEY_STATE_MS_MAX);
    }
    expect(used).toHaveLength(1);
    await sut.verify(key);
    expect(used).toHaveLength(2);
    await expect(async () => sut.verify(madeUp())).rejects.toThrow();
    expect(used).toHaveLength(2);
  });

  it('stores it anew when it is of the pepper before, which can go then', async () => {
    const key = give({}, other);
    const both = noting(new KeyPepper(Buffer.alloc(32, 1), other));
    await both.verify(key);
    await both.verify(key);
    expect(renewed).toEqual([[key.split('_')[2], pepper.id]]);
    const alone = noting(pepper);
    expect((await alone.verify(key)).role).toBe('service');
    const never = give({}, other);
    await expect(async () => alone.verify(never)).rejects.toThrow('another pepper');
  });
});

describe('the check of an API key', () => {
  it('is answered from memory for 3 s, without a promise', async () => {
    const key = give();
    expect(await outcome(key)).toBe('key:');
    await clock.advance(KEY_STATE_MS_MAX - 1);
    expect(verifier.verify(key)).toMatchObject({ role: 'service', scopes: ['events:write'] });
    expect(reads).toBe(1);
    await clock.advance(1);
    await verifier.verify(key);
    expect(reads).toBe(2);
  });

  it('counts the 3 s from the beginning of the reading, however long that takes', async () => {
    const key = give();
    let go = (): void => undefined;
    hold = new Promise((resolve) => {
      go = resolve;
    });
    const slow = verifier.verify(key);
    await clock.advance(2_999);
    go();
    await slow;
    await clock.advance(1);
    await verifier.verify(key);
    expect(reads).toBe(2);
  });

  it('reads once for requests that come together', async () => {
    const key = give();
    await Promise.all(Array.from({ length: 50 }, () => verifier.verify(key)));
    expect(reads).toBe(1);
  });

  it('reads nothing for text whose checksum is wrong', async () => {
    const key = give();
    expect(await outcome(`${key.slice(0, -1)}!`)).toContain('401');
    expect(await outcome('tcs_live_x_y_z')).toContain('checksum');
    expect(reads).toBe(0);
  });

  it('reads once for an unknown key that is shown again and again', async () => {
    const key = madeUp();
    for (let round = 0; round < 100; round += 1) expect(await outcome(key)).toContain('unknown');
    expect(reads).toBe(1);
  });

  it('looks up a bounded number of unknown keys at once, and known ones all the same', async () => {
    const known = give();
    await verifier.verify(known);
    await clock.advance(KEY_STATE_MS_MAX);
    let go = (): void => undefined;
    hold = new Promise((resolve) => {
      go = resolve;
    });
    const flood = Array.from({ length: 1_000 }, () => outcome(madeUp()));
    const good = outcome(known);
    go();
    const answers = await Promise.all(flood);
    expect(answers.filter((answer) => answer.startsWith('503'))).toHaveLength(
      1_000 - KEY_LOOKUPS_MAX,
    );
    expect(await good).toBe('key:');
    expect(reads).toBe(KEY_LOOKUPS_MAX + 2);
  });

  it('remembers a bounded number of keys', async () => {
    const first = give();
    await verifier.verify(first);
    for (let round = 0; round < KEY_STATES_MAX; round += 1) await outcome(madeUp());
    reads = 0;
    await verifier.verify(first);
    expect(reads).toBe(1);
  });

  it.each<[string, Partial<StoredKey>, string]>([
    ['revoked', { revoked: true }, 'revoked'],
    ['past its expiry', { expiresAt: Date.UTC(2026, 0, 1) }, 'expired'],
    ['of another environment', { environment: 'test' }, 'unknown'],
    ['without secrets', { secrets: [] }, 'unknown'],
  ])('refuses a key %s', async (_name, change, reason) => {
    expect(await outcome(give(change))).toContain(reason);
  });

  it('tells nothing of a key to who has a wrong secret', async () => {
    const key = give({ revoked: true });
    const keyId = key.split('_')[2] ?? '';
    const wrong = formatApiKey({ environment: 'live', keyId, secret: newKeySecret(systemRandom) });
    expect(await outcome(wrong)).toBe(await outcome(madeUp()));
  });

  it('takes a secret that was given a moment ago, without waiting for the 3 s', async () => {
    const key = give();
    await verifier.verify(key);
    const keyId = key.split('_')[2] ?? '';
    const secret = newKeySecret(systemRandom);
    const before = stored.get(keyId);
    stored.set(keyId, {
      ...(before as StoredKey),
      secrets: [{ mac: pepper.mac(keyId, secret), pepperId: pepper.id, endsAt: undefined }],
    });
    await clock.advance(WRONG_SECRET_MS);
    expect(await outcome(formatApiKey({ environment: 'live', keyId, secret }))).toBe('key:');
    expect(await outcome(key)).toContain('unknown');
  });

  it('reads 4 times a second at most for guesses at one key', async () => {
    const key = give();
    const keyId = key.split('_')[2] ?? '';
    for (let round = 0; round < 1_000; round += 1) {
      const guess = { environment: 'live', keyId, secret: newKeySecret(systemRandom) };
      expect(await outcome(formatApiKey(guess))).toContain('unknown');
      await clock.advance(1);
    }
    expect(reads).toBe(4);
  });

  it('says that a key was made with another pepper', async () => {
    expect(await outcome(give({}, other))).toContain('another pepper');
  });

  it('does not take a secret whose row was moved to another key', async () => {
    const key = give();
    const keyId = key.split('_')[2] ?? '';
    const moved = give({ secrets: stored.get(keyId)?.secrets ?? [] });
    const text = formatApiKey({
      environment: 'live',
      keyId: moved.split('_')[2] ?? '',
      secret: key.split('_')[3] ?? '',
    });
    expect(await outcome(text)).toContain('unknown');
  });

  it('passes an outage on, and forgets it', async () => {
    const key = give();
    hold = Promise.reject(new Problem('unavailable', { detail: 'away' }));
    expect(await outcome(key)).toBe('503 away');
    hold = undefined;
    expect(await outcome(key)).toBe('key:');
  });
});
