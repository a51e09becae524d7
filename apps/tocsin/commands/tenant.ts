import { Problem } from '@tocsin/kernel/problem.ts';
import type { Command } from 'commander';
import type { ApiObject } from '../cli/api-client.ts';
import { type CommonOptions, defineCommand } from '../cli/define-command.ts';
import { wholeNumber } from '../cli/parse-number.ts';
import { openPlatformSession } from '../cli/session.ts';
import { type Column, formatTable } from '../cli/table.ts';
import { openTerminal } from '../cli/terminal.ts';
import { changeOf, changeTenant, deleteTenant, type SetOptions } from '../tenant/change-tenant.ts';
import { describeTenant } from '../tenant/describe-tenant.ts';

interface PlatformOptions extends CommonOptions {
  readonly url?: string;
}

interface CreateOptions extends PlatformOptions {
  readonly name?: string;
  readonly retentionDays: number;
  readonly residency: string;
}

/** Most tenants one call lists. */
const TENANTS_MAX = 10_000;

const COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'TENANT', cell: (tenant) => tenant.tenant_id, widthMax: 63 },
  { heading: 'NAME', cell: (tenant) => tenant.name, widthMax: 40 },
  { heading: 'STATUS', cell: (tenant) => tenant.status },
  { heading: 'RETENTION', cell: (tenant) => `${tenant.retention_days} days`, right: true },
  { heading: 'RESIDENCY', cell: (tenant) => tenant.data_residency },
  { heading: 'CREATED', cell: (tenant) => tenant.created_at },
];

export function registerTenant(program: Command): void {
  const tenant = program
    .command('tenant')
    .description('make, show, limit, suspend and delete tenants');
  withUrl(defineCommand(tenant, 'create <id>', 'make a tenant'))
    .option('--name <name>', 'name for people (default: the id)')
    .option('--retention-days <days>', 'how long events are kept', wholeNumber(1, 3650), 90)
    .option('--residency <region>', 'where its data must stay', 'unspecified')
    .action((id: string, options: CreateOptions) => createTenant(id, options));
  withUrl(defineCommand(tenant, 'list', 'list the tenants')).action((options: PlatformOptions) =>
    listTenants(options),
  );
  withUrl(defineCommand(tenant, 'show <id>', 'show one tenant')).action(
    (id: string, options: PlatformOptions) => showTenant(id, options),
  );
  withUrl(defineCommand(tenant, 'set <id>', 'change what a tenant keeps, may use and looks like'))
    .option('--name <name>', 'name for people')
    .option('--retention-days <days>', 'how long events are kept', wholeNumber(1, 3650))
    .option('--residency <region>', 'where its data must stay')
    .option('--keep <kind=days...>', 'archive, alerts, cases or audit, for example alerts=180')
    .option('--quota <name=n...>', 'for example ingest_events_per_second=2000')
    .option('--brand <name=text...>', 'display_name, logo_url, accent_color, support_email')
    .action(async (id: string, options: PlatformOptions & SetOptions) =>
      print(options, await changeTenant(options, id, changeOf(options))),
    );
  for (const [name, status, does] of [
    ['suspend', 'suspended', 'refuse all its requests within 5 s; nothing is lost'],
    ['resume', 'active', 'let a suspended tenant work again'],
  ] as const) {
    withUrl(defineCommand(tenant, `${name} <id>`, does)).action(
      async (id: string, options: PlatformOptions) =>
        print(options, await changeTenant(options, id, { status })),
    );
  }
  withUrl(defineCommand(tenant, 'delete <id>', 'delete a suspended tenant and all of its data'))
    .option('--confirm <id>', 'the id once more: this cannot be undone')
    .action(async (id: string, options: PlatformOptions & { readonly confirm?: string }) => {
      if (options.confirm !== id) {
        throw new Problem('invalid_request', {
          detail: `all data of ${id} will be gone for ever. If you mean it, add --confirm ${id}.`,
        });
      }
      print(options, await deleteTenant(options, id));
    });
}

function print(options: PlatformOptions, tenant: ApiObject): void {
  openTerminal(options.json === true).result(tenant, () => describeTenant(tenant));
}

function withUrl(command: Command): Command {
  return command.option('--url <url>', 'where Tocsin answers (TOCSIN_URL)');
}

async function createTenant(id: string, options: CreateOptions): Promise<void> {
  const api = await openPlatformSession(options);
  const { data: made = {} } = await api.calls.POST('/v1/tenants', {
    body: {
      tenant_id: id,
      name: options.name ?? id,
      retention_days: options.retentionDays,
      data_residency: options.residency,
    },
  });
  openTerminal(options.json === true).result(made, () => formatTable([made], COLUMNS));
}

async function listTenants(options: PlatformOptions): Promise<void> {
  const api = await openPlatformSession(options);
  const items = await api.all('/v1/tenants', {}, TENANTS_MAX);
  openTerminal(options.json === true).result({ items }, () =>
    items.length === 0 ? 'There is no tenant yet.' : formatTable(items, COLUMNS),
  );
}

async function showTenant(id: string, options: PlatformOptions): Promise<void> {
  const api = await openPlatformSession(options);
  const { data: found = {} } = await api.calls.GET('/v1/tenants/{tenant_id}', {
    params: { path: { tenant_id: id } },
  });
  print(options, found);
}
