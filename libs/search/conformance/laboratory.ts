import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import type { Query } from '@tocsin/query/query.ts';
import { ROW_KEYS } from '../fields.ts';
import type { Collection, Document, SearchRequest, SearchStore } from '../search-store.ts';
import { ALL_TIME } from '../search-store.ts';
import { ALERT_SEEDS, alertSeedDocument } from './alert-documents.ts';
import { EVENT_SEEDS, eventDocument, OTHER_TENANT, TENANT } from './event-documents.ts';

/** Where a store under test lives. */
export interface SearchStorePlace {
  /** An empty folder, or one that a store of the same subject was open in before. */
  readonly folder: string;
  /** The store's clock: `now` in queries is its time. */
  readonly clock: ManualClock;
}

/** Collections with sample documents. Cases are plain rows of the same adapter: their own service tests them. */
export type SampledCollection = Exclude<Collection, 'cases'>;

/** An adapter as the conformance suite sees it. */
export interface SearchStoreSubject {
  readonly name: string;
  readonly collection: SampledCollection;
  open(place: SearchStorePlace): Promise<SearchStore>;
  /** How documents get in where the store is read only; by default they are appended. */
  load?(
    place: SearchStorePlace,
    tenant: TenantContext,
    documents: readonly Document[],
  ): Promise<void>;
}

/** The time at which the cases ask. */
export const NOW = Date.UTC(2026, 0, 4, 12);

export const tenant = systemContext(TENANT, 'test');
export const otherTenant = systemContext(OTHER_TENANT, 'test');

/** An open store with its place. */
export interface Specimen {
  readonly store: SearchStore;
  readonly place: SearchStorePlace;
  load(owner: TenantContext, documents: readonly Document[]): Promise<void>;
}

/** Opens stores for cases and closes all of them at the end. */
export class Laboratory {
  readonly subject: SearchStoreSubject;
  readonly #open: Specimen[] = [];
  readonly #folders: string[] = [];
  #stocked: Promise<Specimen> | undefined;
  #offset = 0;

  constructor(subject: SearchStoreSubject) {
    this.subject = subject;
  }

  /** A store with the seeds of both tenants. Cases only read it. */
  stocked(): Promise<Specimen> {
    this.#stocked ??= this.#stock();
    return this.#stocked;
  }

  /** An empty store of its own. */
  async fresh(): Promise<Specimen> {
    const folder = await fs.mkdtemp(join(tmpdir(), 'tocsin-search-'));
    this.#folders.push(folder);
    return this.at({ folder, clock: new ManualClock(NOW) });
  }

  /** A store at a place, used before or not. */
  async at(place: SearchStorePlace): Promise<Specimen> {
    const store = await this.subject.open(place);
    const specimen: Specimen = {
      store,
      place,
      load: async (owner, documents) => {
        if (this.subject.load) return this.subject.load(place, owner, documents);
        this.#offset += 1;
        const source = { source: `load/${owner.tenantId}`, offset: this.#offset };
        return store.append(owner, this.subject.collection, documents, source);
      },
    };
    this.#open.push(specimen);
    return specimen;
  }

  /** A document of the subject's collection. */
  document(name: string, seed: object, tenantId = TENANT): Document {
    return this.subject.collection === 'events'
      ? eventDocument(name, seed, tenantId)
      : alertSeedDocument(name, seed, tenantId);
  }

  request(query: Query, more: Partial<SearchRequest> = {}): SearchRequest {
    return { collection: this.subject.collection, query, range: ALL_TIME, limit: 200, ...more };
  }

  idOf(document: Document): string {
    return String(document[ROW_KEYS[this.subject.collection].id]);
  }

  /** The names of the seeds that a query finds, sorted. */
  async namesFound(query: Query): Promise<readonly string[]> {
    const { store } = await this.stocked();
    const { items } = await store.search(tenant, this.request(query));
    const names = Object.keys(this.#seeds);
    const byId = new Map(names.map((name) => [this.idOf(this.document(name, {})), name]));
    return items.map((item) => byId.get(this.idOf(item)) ?? 'a stranger').sort();
  }

  async close(): Promise<void> {
    for (const { store } of this.#open) await store.close();
    for (const folder of this.#folders) await fs.rm(folder, { recursive: true, force: true });
  }

  get #seeds(): Readonly<Record<string, object>> {
    return this.subject.collection === 'events' ? EVENT_SEEDS : ALERT_SEEDS;
  }

  async #stock(): Promise<Specimen> {
    const specimen = await this.fresh();
    for (const owner of [tenant, otherTenant]) {
      const seeds = Object.entries(this.#seeds);
      await specimen.load(
        owner,
        seeds.map(([name, seed]) => this.document(name, seed, owner.tenantId)),
      );
    }
    return specimen;
  }
}
