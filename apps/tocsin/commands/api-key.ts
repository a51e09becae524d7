import type { Command } from 'commander';
import type { ApiObject } from '../cli/api-client.ts';
import { type ApiOptions, defineApiCommand } from '../cli/define-command.ts';
import { wholeNumber } from '../cli/parse-number.ts';
import { openTenantSession } from '../cli/session.ts';
import { type Column, formatTable } from '../cli/table.ts';
import { openTerminal } from '../cli/terminal.ts';

interface CreateOptions extends ApiOptions {
  readonly scope: readonly string[];
  readonly source?: string;
  readonly network?: readonly string[];
  readonly environment?: string;
  readonly expires?: string;
}

interface RotateOptions extends ApiOptions {
  readonly overlap: number;
}

/** Most keys one call lists; a tenant has at most a thousand live ones. */
const KEYS_MAX = 10_000;
const DAY_SECONDS = 86_400;

const COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'KEY', cell: (key) => key.key_id },
  { heading: 'NAME', cell: (key) => key.name, widthMax: 30 },
  { heading: 'STATUS', cell: (key) => key.status },
  { heading: 'SCOPES', cell: (key) => [key.scopes].flat().join(' '), widthMax: 50 },
  { heading: 'SOURCE', cell: (key) => key.source ?? '' },
  { heading: 'NETWORKS', cell: (key) => [key.networks ?? []].flat().join(' '), widthMax: 40 },
  { heading: 'LAST USED', cell: (key) => key.last_used_at ?? 'never' },
  { heading: 'EXPIRES', cell: (key) => key.expires_at ?? 'never' },
  { heading: 'CREATED', cell: (key) => key.created_at },
];

export function registerApiKey(program: Command): void {
  const keys = program.command('api-key').description('make, list, rotate and revoke API keys');
  defineApiCommand(keys, 'create <name>', 'make an API key and print it, once')
    .requiredOption('--scope <permission...>', 'what it may do, for example events:write')
    .option('--source <source>', 'the only source it may send events as')
    .option('--network <cidr...>', 'the only networks it is taken from, for example 192.0.2.0/24')
    .option('--environment <word>', 'a word that becomes a part of the key (default: live)')
    .option('--expires <time>', 'when it ends, for example 2027-01-01T00:00:00Z')
    .action(createKey);
  defineApiCommand(keys, 'list', 'list the API keys').action(listKeys);
  defineApiCommand(keys, 'rotate <key-id>', 'give a key a new secret and print it, once')
    .option(
      '--overlap <seconds>',
      'how long the present secret goes on beside it',
      wholeNumber(0, 30 * DAY_SECONDS),
      DAY_SECONDS,
    )
    .action(rotateKey);
  defineApiCommand(keys, 'revoke <key-id>', 'end a key for good, within 5 seconds').action(
    revokeKey,
  );
}

async function createKey(name: string, options: CreateOptions): Promise<void> {
  const api = await openTenantSession(options, 'tenant_admin');
  const made = await api.post('/v1/api-keys', {
    name,
    scopes: options.scope,
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.network === undefined ? {} : { networks: options.network }),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.expires === undefined ? {} : { expires_at: options.expires }),
  });
  openTerminal(options.json === true).result(made, () => String(made.api_key));
}

async function listKeys(options: ApiOptions): Promise<void> {
  const api = await openTenantSession(options, 'tenant_admin');
  const items = await api.all('/v1/api-keys', {}, KEYS_MAX);
  openTerminal(options.json === true).result({ items }, () =>
    items.length === 0 ? 'There is no API key yet.' : formatTable(items, COLUMNS),
  );
}

async function rotateKey(keyId: string, options: RotateOptions): Promise<void> {
  const api = await openTenantSession(options, 'tenant_admin');
  const path = `/v1/api-keys/${encodeURIComponent(keyId)}/rotate`;
  const made = await api.post(path, { overlap_seconds: options.overlap });
  openTerminal(options.json === true).result(made, () => String(made.api_key));
}

async function revokeKey(keyId: string, options: ApiOptions): Promise<void> {
  const api = await openTenantSession(options, 'tenant_admin');
  await api.send('DELETE', `/v1/api-keys/${encodeURIComponent(keyId)}`);
  openTerminal(options.json === true).result(
    { key_id: keyId, status: 'revoked' },
    () => `The API key ${keyId} is revoked; within 5 seconds nothing accepts it.`,
  );
}
