import Type, { type Static } from 'typebox';

/** Most a quota can allow: beyond it numbers are no longer exact on the wire. */
const QUOTA_MAX = 2 ** 50;

const amount = (description: string) =>
  Type.Integer({ minimum: 1, maximum: QUOTA_MAX, description });

/**
 * What one tenant may use. Rates are long-term means per second; how much may come at once is the limiter's own
 * matter. There is no "unlimited": the maximum of 2^50 says it.
 */
export const TenantQuota = Type.Object(
  {
    api_requests_per_second: amount('Requests to the API, ingest excluded'),
    ingest_requests_per_second: amount('Requests that carry events'),
    ingest_events_per_second: amount('Events accepted'),
    ingest_bytes_per_second: amount('Bytes of ingest bodies as they arrive'),
    ingest_decompressed_bytes_per_second: amount('Bytes of ingest bodies after decompression'),
    stored_bytes: amount('Bytes of raw lines kept in the archive, compressed'),
    users: amount('People who logged in within 30 days'),
    api_keys: amount('API keys that are not revoked'),
  },
  { additionalProperties: false, title: 'Tenant quota' },
);

/** {@link TenantQuota} as a type: every member set. */
export type TenantQuota = Static<typeof TenantQuota>;

/** What is set for one tenant; the rest is {@link DEFAULT_QUOTA}'s. */
export const TenantQuotaChange = Type.Partial(TenantQuota, {
  additionalProperties: false,
  title: 'Change of a tenant quota',
});

/** {@link TenantQuotaChange} as a type. */
export type TenantQuotaChange = Static<typeof TenantQuotaChange>;

/** The quota of a tenant for which nothing is set: far above what an ordinary customer sends (Resolution 23). */
export const DEFAULT_QUOTA: TenantQuota = Object.freeze({
  api_requests_per_second: 1_000,
  ingest_requests_per_second: 50_000,
  ingest_events_per_second: 1_000_000,
  ingest_bytes_per_second: 1_000_000_000,
  ingest_decompressed_bytes_per_second: 4_000_000_000,
  stored_bytes: 1_000_000_000_000,
  users: 1_000,
  api_keys: 100,
});
