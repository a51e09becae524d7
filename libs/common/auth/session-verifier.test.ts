import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { describe, expect, it } from 'vitest';
import {
  hashSessionId,
  SESSION_COOKIE,
  SessionVerifier,
  type StoredSession,
} from './session-verifier.ts';

const ID = 'an-id-of-a-session';
const HEADERS = { cookie: `${SESSION_COOKIE}=${ID}` };

describe('SessionVerifier', () => {
  it('forgets a session that ends while it is read', async () => {
    const clock = new ManualClock();
    const stored: StoredSession = {
      subject: 'ada',
      tenantId: parseTenantId('acme-corp'),
      role: 'soc_analyst',
      expiresAt: clock.now() + 60_000,
      idleAt: clock.now() + 60_000,
    };
    const reads: PromiseWithResolvers<StoredSession | undefined>[] = [];
    const directory = {
      find: () => {
        const read = Promise.withResolvers<StoredSession | undefined>();
        reads.push(read);
        return read.promise;
      },
    };
    const sessions = new SessionVerifier(directory, clock, 'https://tocsin.example');
    const before = sessions.verify(HEADERS, 'GET');
    // The reading saw it; then it was ended, and now the reading is answered.
    sessions.forget(hashSessionId(ID));
    reads[0]?.resolve(stored);
    expect(await before).toMatchObject({ subject: 'ada' });
    const after = sessions.verify(HEADERS, 'GET');
    reads[1]?.resolve(undefined);
    await expect(after).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
