import { DEFAULT_QUOTA, type TenantQuota } from '@tocsin/contracts/tenant-quota.ts';
import { Rates } from '@tocsin/limits/rates.ts';

/** What requests of a tenant or a key use up. The names are told to clients. */
export type Usage =
  | 'api_requests'
  | 'ingest_requests'
  | 'ingest_events'
  | 'ingest_bytes'
  | 'ingest_decompressed_bytes';

/** What requests of an address use up. */
export type AddressUsage = 'unauthenticated' | 'login';

/** Limits beside the tenants' own quotas. */
export interface RateRules {
  /** Quota of a tenant whose directory tells none, and of those who manage tenants. */
  readonly defaultQuota: TenantQuota;
  /** Part of its tenant's API quota that one key or person may use, above 0, at most 1. */
  readonly keyShareOfApi: number;
  /** Part of its tenant's ingest quotas that one key or person may use, above 0, at most 1. */
  readonly keyShareOfIngest: number;
  /** Requests of one address a minute that show no valid credential. */
  readonly unauthenticatedPerMinute: number;
  /** Tries of one address a minute to log in. */
  readonly loginsPerMinute: number;
  /** Whether addresses of the machine itself have these limits too: a proxy on it speaks for everyone. */
  readonly limitOwnMachine: boolean;
}

/** The limits where nothing else is said. */
export const RATE_RULES: RateRules = {
  defaultQuota: DEFAULT_QUOTA,
  keyShareOfApi: 0.5,
  keyShareOfIngest: 1,
  unauthenticatedPerMinute: 120,
  loginsPerMinute: 20,
  limitOwnMachine: false,
};

/** What of a quota may come at once: so many seconds of the rate. */
const BURST_SECONDS = 10;

/** The rates of a tenant's quota, or of a part of it. */
export function quotaRates(
  quota: TenantQuota,
  shares: { readonly api: number; readonly ingest: number },
): Rates<Usage> {
  const api = (perSecond: number) => rateOf(perSecond * shares.api);
  const ingest = (perSecond: number) => rateOf(perSecond * shares.ingest);
  return new Rates<Usage>({
    api_requests: api(quota.api_requests_per_second),
    ingest_requests: ingest(quota.ingest_requests_per_second),
    ingest_events: ingest(quota.ingest_events_per_second),
    ingest_bytes: ingest(quota.ingest_bytes_per_second),
    ingest_decompressed_bytes: ingest(quota.ingest_decompressed_bytes_per_second),
  });
}

/** The rates of one address: a minute's worth may come at once. */
export function addressRates(rules: RateRules): Rates<AddressUsage> {
  const perMinute = (count: number) => ({ perSecond: count / 60, burst: count });
  return new Rates<AddressUsage>({
    unauthenticated: perMinute(rules.unauthenticatedPerMinute),
    login: perMinute(rules.loginsPerMinute),
  });
}

function rateOf(perSecond: number) {
  return { perSecond, burst: Math.max(1, perSecond * BURST_SECONDS) };
}
