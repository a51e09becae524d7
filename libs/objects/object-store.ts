import type { TenantContext } from '@tocsin/auth/tenant-context.ts';

/** What an adapter promises beyond the contract. */
export interface ObjectStoreCapabilities {
  readonly durable: 'power' | 'process' | 'none';
}

/**
 * Keeps immutable blobs by key, per tenant. Keys are relative paths of `a-z 0-9 - _ . /`, at most 512 characters,
 * without empty, `.` or `..` parts. A tenant never sees another tenant's keys.
 */
export interface ObjectStore {
  readonly capabilities: ObjectStoreCapabilities;
  /**
   * Stores a blob; durable when it resolves. The same key with the same bytes again is fine.
   *
   * @throws Problem `conflict` when the key holds other bytes, `invalid_request` on a bad key, `storage_full`
   */
  put(tenant: TenantContext, key: string, bytes: Uint8Array): Promise<void>;
  /** The blob, or undefined. */
  find(tenant: TenantContext, key: string): Promise<Buffer | undefined>;
  /** At most `length` bytes from `offset`, or undefined when there is no such blob. */
  findRange(
    tenant: TenantContext,
    key: string,
    offset: number,
    length: number,
  ): Promise<Buffer | undefined>;
  /** Keys below a prefix in order, at most `limit`, after `after`. */
  list(
    tenant: TenantContext,
    prefix: string,
    limit: number,
    after?: string,
  ): Promise<readonly string[]>;
  /** Removes a blob; fine when absent. */
  remove(tenant: TenantContext, key: string): Promise<void>;
  close(): Promise<void>;
}
