import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatApiKey, newKeyId, newKeySecret } from '@tocsin/auth/api-key.ts';
import { ApiKeyVerifier } from '@tocsin/auth/api-key-verifier.ts';
import { authenticate } from '@tocsin/auth/authenticate.ts';
import { credentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import { openPepper, preparePepper } from '@tocsin/auth/key-pepper.ts';
import { openLocalIssuer } from '@tocsin/auth/local-issuer.ts';
import { TokenVerifier } from '@tocsin/auth/token-verifier.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';

/** Prints the CPU time of checks of tokens and API keys, good and bad, in microseconds. Budget of a known one: 50. */
const BUDGET = 50;
const world = systemWorld();
const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
const issuer = await openLocalIssuer(world, folder, 'tocsin');
await preparePepper(world, folder);
const pepper = await openPepper(world, folder);
const tenantId = parseTenantId('acme-corp');
const keyId = newKeyId(world.random);
const secret = newKeySecret(world.random);
const stored = {
  keyId,
  tenantId,
  environment: 'live',
  scopes: ['events:write'] as const,
  source: undefined,
  expiresAt: undefined,
  revoked: false,
  secrets: [{ mac: pepper.mac(keyId, secret), pepperId: pepper.id, endsAt: undefined }],
};
const keys = new ApiKeyVerifier({ find: async () => stored }, pepper, world.clock);
const verifier = credentialVerifier(new TokenVerifier([issuer.trusted()], world.clock), keys);
const access = { scope: 'tenant', permission: 'events:write' } as const;

const mint = (subject: string) =>
  issuer.mint({ subject, tenantId, role: 'soc_analyst', ttlSeconds: 3600 });
const headersOf = (credential: string) => ({
  authorization: `Bearer ${credential}`,
  'x-tenant-id': tenantId,
});
const check = async (credential: string): Promise<void> => {
  try {
    await authenticate(headersOf(credential), verifier, access);
  } catch (error) {
    if (!isProblem(error)) throw error;
  }
};

/** CPU microseconds of one check: user and system time of the whole process, so waiting costs nothing. */
async function costOf(credentials: readonly string[], rounds: number): Promise<number> {
  for (let round = 0; round < rounds / 10; round += 1) await check(at(credentials, round));
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) await check(at(credentials, round));
  const { user, system } = process.cpuUsage(before);
  return Math.round(((user + system) / rounds) * 100) / 100;
}

function at(credentials: readonly string[], round: number): string {
  return credentials[round % credentials.length] ?? '';
}

const fresh = await Promise.all(Array.from({ length: 2_200 }, (_, index) => mint(`user-${index}`)));
const unseen = fresh.slice(200);
const firstSight = await (async () => {
  for (const token of fresh.slice(0, 200)) await check(token);
  const before = process.cpuUsage();
  for (const token of unseen) await check(token);
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / unseen.length);
})();

const [known = ''] = fresh;
const good = formatApiKey({ environment: 'live', keyId, secret });
const forged = fresh.slice(0, 50).map((token) => `${token.slice(0, -8)}AAAAAAAA`);
const guesses = Array.from({ length: 50 }, () =>
  formatApiKey({ environment: 'live', keyId, secret: newKeySecret(world.random) }),
);
const results = {
  token_known: await costOf([known], 200_000),
  api_key_known: await costOf([good], 200_000),
  token_first_sight: firstSight,
  token_forged: await costOf(forged, 5_000),
  token_garbage: await costOf(['eyJhbGciOiJub25lIn0.e30.'], 50_000),
  api_key_wrong_checksum: await costOf([`${good.slice(0, -6)}000000`], 50_000),
  api_key_wrong_secret: await costOf(guesses, 50_000),
};
const within = results.token_known <= BUDGET && results.api_key_known <= BUDGET;
console.log(JSON.stringify({ unit: 'CPU microseconds', budget: BUDGET, within, ...results }));
await rm(folder, { recursive: true });
