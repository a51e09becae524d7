import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authenticate } from '@tocsin/auth/authenticate.ts';
import { openLocalIssuer } from '@tocsin/auth/local-issuer.ts';
import { TokenVerifier } from '@tocsin/auth/token-verifier.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';

/** Prints what a token check costs: first sight and from memory. Budget from memory: 50 microseconds. */
const world = systemWorld();
const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
const issuer = await openLocalIssuer(world, folder, 'tocsin');
const tenantId = parseTenantId('acme-corp');
const mint = (subject: string) =>
  issuer.mint({ subject, tenantId, role: 'soc_analyst', ttlSeconds: 3600 });
const verifier = new TokenVerifier([issuer.trusted()], world.clock);
const access = { scope: 'tenant', permission: 'events:write' } as const;
const headersOf = (token: string) => ({
  authorization: `Bearer ${token}`,
  'x-tenant-id': tenantId,
});

const fresh = await Promise.all(Array.from({ length: 500 }, (_, index) => mint(`user-${index}`)));
const firstStart = process.hrtime.bigint();
for (const token of fresh) await authenticate(headersOf(token), verifier, access);
const firstMicroseconds = Number(process.hrtime.bigint() - firstStart) / 1000 / fresh.length;

const headers = headersOf(fresh[0] ?? '');
const rounds = 200_000;
const start = process.hrtime.bigint();
for (let round = 0; round < rounds; round += 1) authenticate(headers, verifier, access);
const cachedMicroseconds = Number(process.hrtime.bigint() - start) / 1000 / rounds;

console.log(JSON.stringify({ firstMicroseconds, cachedMicroseconds, budgetMicroseconds: 50 }));
await rm(folder, { recursive: true });
