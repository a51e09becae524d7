import { LOCAL_TOKEN_SECONDS_MAX, openLocalIssuer } from '@tocsin/auth/local-issuer.ts';
import { isRole, type Role } from '@tocsin/auth/role.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Log } from '@tocsin/telemetry/log.ts';
import type { Home } from '../home.ts';
import { LOCAL_ADMIN } from './audit-token.ts';

/** Mints tokens for whoever may open the admin socket. */
export interface TokenDesk {
  /** UNTRUSTED `body`: `{tenant?, role, ttl_seconds?}`. */
  mint(body: unknown): Promise<MintedToken>;
}

/** A token of the local issuer. */
export interface MintedToken {
  readonly token: string;
  readonly expires_at: string;
}

/** A token that is asked for. */
export interface TokenOrder {
  readonly role: Role;
  readonly tenantId: TenantId | undefined;
  readonly ttlSeconds: number;
}

/** What a desk needs. */
export interface TokenDeskOptions {
  readonly home: Home;
  readonly world: World;
  readonly log: Log;
  readonly audience: string;
  /** Writes down a token before it is minted; when it fails, no token is given. */
  readonly audit: (order: TokenOrder) => Promise<void>;
}

/** Opens the desk; makes the signing key at the first start. Every token is written down, without the token. */
export async function openTokenDesk(options: TokenDeskOptions): Promise<TokenDesk> {
  const { home, world, log, audience, audit } = options;
  const issuer = await openLocalIssuer(world, home.keys, audience);
  return {
    async mint(body) {
      const order = parseOrder(body);
      await audit(order);
      const expiresAt = world.clock.now() + order.ttlSeconds * 1000;
      const token = await issuer.mint({ ...order, subject: LOCAL_ADMIN });
      log.info('a token was minted through the admin socket', {
        action: 'token.mint',
        status: 'ok',
        role: order.role,
        ttl_seconds: order.ttlSeconds,
        ...(order.tenantId === undefined ? {} : { tenant_id: order.tenantId }),
      });
      return { token, expires_at: new Date(expiresAt).toISOString() };
    },
  };
}

/** A desk that refuses, because tokens come from somewhere else or must not be made here. */
export function closedTokenDesk(why: string): TokenDesk {
  return { mint: () => Promise.reject(new Problem('forbidden', { detail: why })) };
}

function parseOrder(body: unknown): TokenOrder {
  const { role, tenant, ttl_seconds } = (body ?? {}) as Partial<Record<string, unknown>>;
  if (!isRole(role)) throw refused('/role', 'must be one of the four roles');
  const ttlSeconds = ttl_seconds ?? LOCAL_TOKEN_SECONDS_MAX;
  if (!isLifetime(ttlSeconds)) {
    throw refused('/ttl_seconds', `must be a whole number from 1 to ${LOCAL_TOKEN_SECONDS_MAX}`);
  }
  if (tenant === undefined && role !== 'platform_admin') {
    throw refused('/tenant', `a token of role ${role} is for one tenant`);
  }
  const tenantId = tenant === undefined ? undefined : parseTenantId(tenant, '/tenant');
  return { role, tenantId, ttlSeconds };
}

function isLifetime(value: unknown): value is number {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= 1 &&
    value <= LOCAL_TOKEN_SECONDS_MAX
  );
}

function refused(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `${pointer.slice(1)}: ${detail}`,
    errors: [{ pointer, detail }],
  });
}
