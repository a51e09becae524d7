import type { ApiObject } from '../cli/api-client.ts';
import { plainText } from '../cli/plain-text.ts';

/** A tenant for people: one line a fact. UNTRUSTED: names come from whoever made the tenant. */
export function describeTenant(tenant: ApiObject): string {
  const lines: [string, unknown][] = [
    ['tenant', tenant.tenant_id],
    ['name', tenant.name],
    ['status', tenant.status],
    ['residency', tenant.data_residency],
    ['events', `${tenant.retention_days} days`],
    ...members(tenant.retention).map(([name, days]): [string, unknown] => [
      name.replace('_days', ''),
      `${days} days`,
    ]),
    ...members(tenant.quota).map(([name, value]): [string, unknown] => [`quota ${name}`, value]),
    ...members(tenant.branding).map(([name, value]): [string, unknown] => [`brand ${name}`, value]),
    ['last retention', lastRetention(tenant.last_retention)],
    ...deletion(tenant.deletion),
    ['created', `${tenant.created_at} by ${tenant.created_by}`],
    ['changed', `${tenant.updated_at} by ${tenant.modified_by}`],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines
    .map(([name, value]) => `${name.padEnd(width)}  ${plainText(String(value ?? ''))}`)
    .join('\n');
}

function lastRetention(value: unknown): string {
  const report = Object.fromEntries(members(value));
  return report['at'] === undefined ? 'not yet' : `${report['at']}: ${counts(report['removed'])}`;
}

function deletion(value: unknown): [string, unknown][] {
  const { step, detail, removed, requested_by, requested_at, finished_at } = Object.fromEntries(
    members(value),
  );
  if (step === undefined) return [];
  return [
    ['deletion', `${step}: ${detail}`],
    ['asked for', `${requested_at} by ${requested_by}`],
    ['removed', counts(removed)],
    ...(typeof finished_at === 'string' ? [['finished', finished_at] as [string, unknown]] : []),
  ];
}

function counts(value: unknown): string {
  const some = members(value).filter(([, count]) => count !== 0);
  return some.length === 0 ? 'nothing' : some.map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function members(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
