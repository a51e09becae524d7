import type { TenantQuota } from '@tocsin/contracts/tenant-quota.ts';
import type { RateRules } from '@tocsin/http/rate-rules.ts';

/** The limits that an installation sets for everyone. Shares are percent in the settings. */
export function rateRules(config: {
  readonly defaultQuota: TenantQuota;
  readonly keyShareOfApi: number;
  readonly keyShareOfIngest: number;
}): Pick<RateRules, 'defaultQuota' | 'keyShareOfApi' | 'keyShareOfIngest'> {
  return {
    defaultQuota: config.defaultQuota,
    keyShareOfApi: config.keyShareOfApi / 100,
    keyShareOfIngest: config.keyShareOfIngest / 100,
  };
}
