import { loadConfig } from '@tocsin/config/load-config.ts';
import { COMMAND_LINE_CONFIG } from '@tocsin/config/processes.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { ApiClient } from './api-client.ts';
import { adminCall, findRunning, type Running } from './running.ts';

/** Options every command that calls the API takes. */
export interface SessionOptions {
  readonly home?: string;
  readonly tenant?: string;
  readonly url?: string;
}

/** Tokens of one call to the command line live no longer than this. */
const TOKEN_SECONDS = 900;

/**
 * The API for a tenant. The tenant is the one given, else `TOCSIN_TENANT`, else the only one there is;
 * the token is `TOCSIN_TOKEN`, else one that the local supervisor mints.
 */
export async function openTenantSession(
  options: SessionOptions,
  role = 'soc_analyst',
): Promise<ApiClient> {
  const settings = loadConfig(COMMAND_LINE_CONFIG, process.env);
  const running = await findRunning(options.home);
  const url = urlOf(options, running);
  const given = options.tenant ?? settings.tenant;
  const token = settings.token?.reveal();
  if (token !== undefined) {
    if (given !== undefined) return new ApiClient(url, token, given);
    throw new Problem('invalid_request', {
      detail: 'with TOCSIN_TOKEN the tenant must be named: give --tenant or set TOCSIN_TENANT.',
    });
  }
  const local = requireRunning(running);
  const tenant = given ?? (await onlyTenant(await platformClient(local, url)));
  return new ApiClient(url, await mintToken(local, role, tenant), tenant);
}

/** The API for the administration of tenants. */
export async function openPlatformSession(options: SessionOptions): Promise<ApiClient> {
  const running = await findRunning(options.home);
  const url = urlOf(options, running);
  const token = loadConfig(COMMAND_LINE_CONFIG, process.env).token?.reveal();
  if (token !== undefined) return new ApiClient(url, token, undefined);
  return platformClient(requireRunning(running), url);
}

/** Asks the supervisor for a token. */
export async function mintToken(
  running: Running,
  role: string,
  tenant: string | undefined,
  ttlSeconds = TOKEN_SECONDS,
): Promise<string> {
  const minted = await adminCall(running.home, 'POST', '/token', {
    role,
    ...(tenant === undefined ? {} : { tenant }),
    ttl_seconds: ttlSeconds,
  });
  return String((minted as { token?: unknown }).token);
}

/** What runs here, or the sentence that says nothing does. */
export function requireRunning(running: Running | undefined): Running {
  if (running !== undefined) return running;
  throw new Problem('unavailable', {
    detail:
      'Tocsin is not running here. Start it with `tocsin up` (or `make demo`), or name its folder with --home.',
  });
}

async function platformClient(running: Running, url: URL): Promise<ApiClient> {
  return new ApiClient(url, await mintToken(running, 'platform_admin', undefined), undefined);
}

async function onlyTenant(platform: ApiClient): Promise<string> {
  const { data } = await platform.calls.GET('/v1/tenants', { params: { query: { limit: 10 } } });
  const ids = (data?.items ?? []).map((item) => item.tenant_id);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return only;
  throw new Problem('invalid_request', {
    detail:
      ids.length === 0
        ? 'there is no tenant yet. Make one: `tocsin tenant create acme-corp --name "ACME Corporation"`.'
        : `there are several tenants. Name one with --tenant: ${ids.join(', ')}${ids.length === 10 ? ', ...' : ''}.`,
  });
}

/** `--url`, else `TOCSIN_URL`, else where the local supervisor says, else the port the settings name. */
function urlOf(options: SessionOptions, running: Running | undefined): URL {
  const settings = loadConfig(COMMAND_LINE_CONFIG, process.env);
  const given = options.url ?? settings.url;
  if (given === undefined) {
    return new URL(`http://127.0.0.1:${running?.lock.port ?? settings.port}`);
  }
  if (URL.canParse(given)) return new URL(given);
  throw new Problem('invalid_request', {
    detail: `${given} is not a URL such as https://siem.example:8080.`,
  });
}
