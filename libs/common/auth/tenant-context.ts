import { assert } from '@tocsin/kernel/assert.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Principal } from './principal.ts';

const minted = Symbol('minted by the auth layer');

/**
 * Proof that work may touch one tenant's data. Every port and repository method takes it first.
 * It can be made only by this file's functions, so a query without a tenant does not compile
 * and a forged one does not run (design 6).
 */
export class TenantContext {
  readonly tenantId: TenantId;
  /** Who acts: the subject of the token, or `system:<reason>`. Written to audit rows. */
  readonly actor: string;

  constructor(key: symbol, tenantId: TenantId, actor: string) {
    assert(key === minted, 'a TenantContext is minted by the auth layer only');
    this.tenantId = tenantId;
    this.actor = actor;
    Object.freeze(this);
  }
}

/** The context of an authenticated request on a tenant route. */
export function requestContext(principal: Principal): TenantContext {
  assert(principal.tenantId !== undefined, 'the principal of a tenant route has a tenant');
  return new TenantContext(minted, principal.tenantId, principal.subject);
}

/** Why a background part of the product may act for a tenant without a request. A closed list. */
export type SystemReason =
  | 'pipeline'
  | 'correlate'
  | 'outbox'
  | 'retention'
  | 'bootstrap'
  | 'audit'
  | 'identity'
  | 'notify'
  | 'test';

/**
 * The context of background work for one tenant, for example of a frame read from the bus.
 * What such work changes is audited under `system:<reason>`.
 */
export function systemContext(tenantId: TenantId, reason: SystemReason): TenantContext {
  return new TenantContext(minted, tenantId, `system:${reason}`);
}

/**
 * The context of a call from another process of the same installation, which authenticated the caller and names
 * tenant and actor. The receiver must have checked that process's credential.
 */
export function delegatedContext(tenantId: TenantId, actor: string): TenantContext {
  return new TenantContext(minted, tenantId, actor);
}
