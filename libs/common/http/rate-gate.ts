import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '@tocsin/auth/principal.ts';
import type { TenantQuota } from '@tocsin/contracts/tenant-quota.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { BucketTable } from '@tocsin/limits/bucket-table.ts';
import { isOwnMachine, networkOf } from '@tocsin/limits/network-of.ts';
import type { Rates } from '@tocsin/limits/rates.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import { KnownCredentials } from './known-credentials.ts';
import { RatePass, type RateSubject } from './rate-pass.ts';
import {
  type AddressUsage,
  addressRates,
  quotaRates,
  RATE_RULES,
  type RateRules,
  type Usage,
} from './rate-rules.ts';

/** Most tenants, keys and addresses whose use is remembered, each. */
export const RATE_SUBJECTS_MAX = 20_000;

/** Which limits a route falls under. `behind`: the process that a request is passed on to has them. */
export type RateClass = 'api' | 'ingest' | 'login' | 'behind' | 'none';

const API: readonly Usage[] = ['api_requests'];
const INGEST: readonly Usage[] = [
  'ingest_requests',
  'ingest_events',
  'ingest_bytes',
  'ingest_decompressed_bytes',
];

/** When to come again once a tenant keeps as much as it may: room comes slowly. */
const FULL_RETRY_SECONDS = 300;

/** Bytes that a tenant keeps; undefined where that is not known. */
export type StoredBytesOf = (tenantId: string) => number | undefined;

/** Stands for the tenant of those who manage tenants. No tenant id is empty. */
const NO_TENANT = '';

interface QuotaRates {
  readonly tenant: Rates<Usage>;
  readonly key: Rates<Usage>;
}

/**
 * Lets requests pass as far as quotas allow: of their tenant, of the key or person, and of the address for those
 * without a valid credential. A refusal is a 429 that says which limit it was and when to come again.
 */
export class RateGate {
  readonly #rules: RateRules;
  readonly #clock: Clock;
  readonly #tenants = new BucketTable<Usage>(RATE_SUBJECTS_MAX);
  readonly #keys = new BucketTable<Usage>(RATE_SUBJECTS_MAX);
  readonly #addresses = new BucketTable<AddressUsage>(RATE_SUBJECTS_MAX);
  readonly #credentials = new KnownCredentials();
  readonly #addressRates: Rates<AddressUsage>;
  readonly #defaults: QuotaRates;
  /** Directories give the same object for some seconds. */
  readonly #known = new WeakMap<TenantQuota, QuotaRates>();
  readonly #storedBytes: StoredBytesOf;
  readonly #count: (whose: string, limit: string) => void;
  readonly #countEvicted: (subjects: number) => void;
  #evicted = 0;

  /** @param storedBytes - what a tenant keeps; where it is told, nobody sends more past the quota */
  constructor(
    rules: Partial<RateRules>,
    clock: Clock,
    metrics: Metrics,
    storedBytes: StoredBytesOf = () => undefined,
  ) {
    this.#rules = { ...RATE_RULES, ...rules };
    this.#storedBytes = storedBytes;
    this.#clock = clock;
    this.#addressRates = addressRates(this.#rules);
    this.#defaults = this.#ratesOf(this.#rules.defaultQuota);
    const refused = metrics.counter({
      name: 'tocsin_http_rate_limited_total',
      help: 'Requests refused by a quota, by whose it is and which',
      labels: ['whose', 'limit'],
    });
    const evicted = metrics.counter({
      name: 'tocsin_http_rate_subjects_evicted_total',
      help: 'Tenants, keys and addresses whose use was forgotten too early, for lack of room',
      labels: [],
    });
    this.#count = (whose, limit) => refused.add({ whose, limit });
    this.#countEvicted = (subjects) => evicted.add({}, subjects);
  }

  /**
   * Refuses an unknown credential, before it is looked at, of an address that showed too many wrong ones.
   *
   * @param address - of the connection, or told by a proxy that is trusted
   * @param headers - UNTRUSTED
   * @throws {@link Problem} `too_many_requests`
   */
  knock(address: string, headers: IncomingHttpHeaders): void {
    if (!this.#hasFailed(address)) return;
    if (this.#addressBucket(address).waitMs('unauthenticated', 1) === 0) return;
    if (!this.#credentials.has(headers)) throw this.#addressRefusal(address, 'unauthenticated');
  }

  /** Tells that a credential was good. */
  admitted(address: string, headers: IncomingHttpHeaders): void {
    if (this.#hasFailed(address)) this.#credentials.add(headers);
  }

  /** Counts a request without a valid credential against its address. */
  failed(address: string): void {
    if (!this.#isExempt(address)) this.#addressBucket(address).pay('unauthenticated', 1);
  }

  /** Counts a try to log in. @throws {@link Problem} `too_many_requests` past the limit */
  enterLogin(address: string): void {
    if (this.#isExempt(address)) return;
    const bucket = this.#addressBucket(address);
    if (bucket.waitMs('login', 1) > 0) throw this.#addressRefusal(address, 'login');
    bucket.pay('login', 1);
  }

  /** The pass of a request that falls under a class; its use is paid by {@link RateGate.enter}. */
  open(
    rateClass: 'api' | 'ingest',
    principal: Principal,
    quota: TenantQuota | undefined,
  ): RatePass {
    if (rateClass === 'ingest') this.#checkRoom(principal, quota ?? this.#rules.defaultQuota);
    const share = rateClass === 'api' ? this.#rules.keyShareOfApi : this.#rules.keyShareOfIngest;
    const subjects = this.#subjects(principal, quota, share < 1);
    return new RatePass(subjects, rateClass === 'api' ? API : INGEST);
  }

  /**
   * Lets a request pass before its body is read. Events and decompressed bytes are not known yet: any number passes
   * while there is no debt, and is paid when the handler tells it.
   *
   * @param bytes - stated length of the body, 0 when it is not stated
   * @throws {@link Problem} `too_many_requests`
   */
  enter(pass: RatePass, bytes: number): void {
    for (const usage of pass.usages) {
      const late = pass.firstSpent(usage, usage === 'ingest_bytes' ? Math.max(1, bytes) : 1);
      if (late !== undefined) throw this.#refusal(usage, late.subject, late.waitMs);
    }
    for (const usage of pass.usages) {
      if (usage === 'ingest_bytes') pass.pay(usage, bytes);
      else if (usage.endsWith('_requests')) pass.pay(usage, 1);
    }
  }

  /** Before anything of a body is read: what was acknowledged is never given up for want of room. */
  #checkRoom({ tenantId }: Principal, { stored_bytes: most }: TenantQuota): void {
    if (tenantId === undefined || (this.#storedBytes(tenantId) ?? 0) < most) return;
    this.#count('tenant', 'stored_bytes');
    throw new Problem('too_many_requests', {
      detail: `this tenant may keep ${most} bytes and keeps as much: wait until retention removes some, keep it shorter, or have the quota raised`,
      retryAfterSeconds: FULL_RETRY_SECONDS,
      members: { limit: 'stored_bytes', subject: 'tenant' },
    });
  }

  /** The tenant's buckets, and before them the key's where a key may use only a part. */
  #subjects(
    principal: Principal,
    quota: TenantQuota | undefined,
    keysApart: boolean,
  ): RateSubject[] {
    const now = this.#clock.monotonic();
    const { tenant, key } = quota === undefined ? this.#defaults : this.#ratesOf(quota);
    const { tenantId = NO_TENANT, subject } = principal;
    const subjects: RateSubject[] = [];
    if (keysApart || tenantId === NO_TENANT) {
      const bucket = this.#keys.open(`${tenantId}\n${subject}`, key, now);
      subjects.push({ kind: 'key', rates: key, bucket });
    }
    if (tenantId !== NO_TENANT) {
      const bucket = this.#tenants.open(tenantId, tenant, now);
      subjects.push({ kind: 'tenant', rates: tenant, bucket });
    }
    this.#watchEvictions();
    return subjects;
  }

  #refusal(usage: Usage, { kind, rates }: RateSubject, waitMs: number): Problem {
    this.#count(kind, usage);
    const perSecond = Math.round((rates.perMs[rates.indexOf(usage)] ?? 0) * 1000);
    const what = usage.replaceAll('_', ' ');
    return new Problem('too_many_requests', {
      detail: `this ${kind} may use ${perSecond} ${what} a second and has used more: wait as long as Retry-After says`,
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      members: { limit: usage, subject: kind },
    });
  }

  #addressRefusal(address: string, limit: AddressUsage): Problem {
    this.#count('address', limit);
    const waitMs = this.#addressBucket(address).waitMs(limit, 1);
    return new Problem('too_many_requests', {
      detail:
        limit === 'login'
          ? 'too many tries to log in came from this address: wait as long as Retry-After says'
          : 'too many requests without a valid credential came from this address: wait as long as Retry-After says',
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      members: { limit, subject: 'address' },
    });
  }

  #addressBucket(address: string) {
    const now = this.#clock.monotonic();
    const bucket = this.#addresses.open(networkOf(address), this.#addressRates, now);
    this.#watchEvictions();
    return bucket;
  }

  #hasFailed(address: string): boolean {
    return this.#addresses.size > 0 && this.#addresses.peek(networkOf(address)) !== undefined;
  }

  #isExempt(address: string): boolean {
    return !this.#rules.limitOwnMachine && isOwnMachine(address);
  }

  #ratesOf(quota: TenantQuota): QuotaRates {
    const known = this.#known.get(quota);
    if (known !== undefined) return known;
    const { keyShareOfApi, keyShareOfIngest } = this.#rules;
    const rates = {
      tenant: quotaRates(quota, { api: 1, ingest: 1 }),
      key: quotaRates(quota, { api: keyShareOfApi, ingest: keyShareOfIngest }),
    };
    this.#known.set(quota, rates);
    return rates;
  }

  #watchEvictions(): void {
    const evicted = this.#tenants.evicted + this.#keys.evicted + this.#addresses.evicted;
    if (evicted === this.#evicted) return;
    this.#countEvicted(evicted - this.#evicted);
    this.#evicted = evicted;
  }
}
