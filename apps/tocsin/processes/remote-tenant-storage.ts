import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type {
  Erased,
  Removed,
  StorageAges,
  TenantStorage,
} from '@tocsin/retention-service/tenant-storage.ts';
import { Client } from 'undici';
import { TENANT_STORAGE_PATH } from './serve-tenant-storage.ts';

/** Rewriting the files of many days takes its time. */
const ANSWER_MS_MAX = 30 * 60_000;

/** The stores of the data process, for removing tenants' data from another process of the same home. */
export class RemoteTenantStorage implements TenantStorage {
  readonly #client: Client;
  readonly #authorization: string;

  constructor(socketPath: string, credential: string) {
    this.#client = new Client('http://internal', {
      socketPath,
      headersTimeout: ANSWER_MS_MAX,
      bodyTimeout: ANSWER_MS_MAX,
    });
    this.#authorization = `Bearer ${credential}`;
  }

  expire(tenant: TenantContext, ages: StorageAges): Promise<Removed> {
    return this.#call('expire', { tenant_id: tenant.tenantId, ages });
  }

  erase(tenant: TenantContext): Promise<Erased> {
    return this.#call('erase', { tenant_id: tenant.tenantId });
  }

  close(): Promise<void> {
    return this.#client.destroy();
  }

  async #call<Result>(call: string, body: object): Promise<Result> {
    const answer = await this.#client
      .request({
        method: 'POST',
        path: TENANT_STORAGE_PATH + call,
        headers: { authorization: this.#authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      .catch((cause: unknown) => {
        throw new Problem('unavailable', { detail: 'the data process does not answer', cause });
      });
    const result = (await answer.body.json()) as Result & { readonly detail?: string };
    if (answer.statusCode === 200) return result;
    throw new Problem('unavailable', {
      detail: `the data process refused to ${call}: ${result.detail ?? answer.statusCode}`,
    });
  }
}
