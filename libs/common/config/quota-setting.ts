import { DEFAULT_QUOTA, TenantQuota } from '@tocsin/contracts/tenant-quota.ts';
import { Check } from 'typebox/value';
import { type Setting, SettingFault } from './setting.ts';

const NAMES = Object.keys(DEFAULT_QUOTA).join(', ');

/** Quotas by name (`ingest_events_per_second=5000, api_keys=20`); those not named keep what the code says. */
export function quotaSetting(named: {
  readonly variable: string;
  readonly summary: string;
}): Setting<TenantQuota> {
  return {
    ...named,
    form: 'name=number, separated by commas',
    defaultText: 'see `docs/guides/operate-tenants.md`',
    secret: false,
    parse(text) {
      const pairs = text.split(',').map((pair) => /^\s*([a-z_]+)\s*=\s*(\d{1,15})\s*$/.exec(pair));
      const given = pairs.map((parts) => {
        if (parts === null) throw new SettingFault('must be name=number, separated by commas');
        return [String(parts[1]), Number(parts[2])] as const;
      });
      const quota = { ...DEFAULT_QUOTA, ...Object.fromEntries(given) };
      if (Check(TenantQuota, quota)) return quota;
      throw new SettingFault(`must name quotas of a tenant (${NAMES}), each 1 or more`);
    },
    absent: () => DEFAULT_QUOTA,
  };
}
