import { isIP } from 'node:net';
import { LOG_LEVELS } from '@tocsin/telemetry/log.ts';
import { quotaSetting } from './quota-setting.ts';
import {
  choiceSetting,
  embeddedOnlySetting,
  httpsSetting,
  integerSetting,
  labelsSetting,
  listSetting,
  pathSetting,
  secretSetting,
  textSetting,
  textSettingOr,
  urlSetting,
} from './setting.ts';

/** Claim `aud` that tokens must name where nothing else is set. */
export const AUDIENCE_DEFAULT = 'tocsin';
/** Port of the gateway where nothing else is set. */
export const PORT_DEFAULT = 8080;

/**
 * Every variable of the product, once. Names are fixed: users' scripts hold on to them.
 * A process picks those it reads (`processes.ts`).
 */
export const VARIABLES = {
  home: pathSetting(
    {
      variable: 'TOCSIN_HOME',
      summary: 'Folder that holds everything one installation keeps: data, keys, sockets, logs.',
    },
    '`/var/lib/tocsin` as root, else `~/.local/share/tocsin`',
  ),
  host: textSettingOr(
    {
      variable: 'TOCSIN_HOST',
      summary:
        'Address the gateway listens on. Any other than loopback needs an external issuer or `TOCSIN_LOCAL_ISSUER=on`.',
    },
    '127.0.0.1',
  ),
  port: integerSetting(
    { variable: 'TOCSIN_PORT', summary: 'Port of the gateway. 0 takes a free one.' },
    { min: 0, max: 65_535, fallback: PORT_DEFAULT },
  ),
  tlsCertFile: pathSetting({
    variable: 'TOCSIN_TLS_CERT_FILE',
    summary:
      'PEM file of a certificate, with those between it and its root. With it and its key the gateway serves TLS on `TOCSIN_HOST` and `TOCSIN_TLS_PORT`, and plain HTTP on loopback only. Looked at every 10 seconds.',
  }),
  tlsKeyFile: pathSetting({
    variable: 'TOCSIN_TLS_KEY_FILE',
    summary: 'PEM file of the private key of `TOCSIN_TLS_CERT_FILE`.',
  }),
  tlsPort: integerSetting(
    { variable: 'TOCSIN_TLS_PORT', summary: 'Port of the gateway for TLS. 0 takes a free one.' },
    { min: 0, max: 65_535, fallback: 8443 },
  ),
  corsOrigins: listSetting(
    {
      variable: 'TOCSIN_CORS_ORIGINS',
      summary: 'Origins whose pages may call the gateway from a browser, with a bearer token.',
    },
    'origins like `https://console.example`',
    isOrigin,
  ),
  trustedProxies: listSetting(
    {
      variable: 'TOCSIN_TRUSTED_PROXIES',
      summary:
        'Proxies that are believed when they tell the address and protocol of a client (`X-Forwarded-For`, `X-Forwarded-Proto`).',
    },
    'IP addresses or networks like `10.0.0.0/8`',
    isNetwork,
  ),
  defaultQuota: quotaSetting({
    variable: 'TOCSIN_DEFAULT_QUOTA',
    summary:
      'What a tenant may use for which nothing else is set, for example `ingest_events_per_second=5000, stored_bytes=200000000000, api_keys=20`. A quota that is not named keeps its value.',
  }),
  keyShareOfApi: integerSetting(
    {
      variable: 'TOCSIN_KEY_SHARE_OF_API',
      summary:
        'Part of the API quota of its tenant, in percent, that one key or person may use: the rest stays for others.',
    },
    { min: 1, max: 100, fallback: 50 },
  ),
  keyShareOfIngest: integerSetting(
    {
      variable: 'TOCSIN_KEY_SHARE_OF_INGEST',
      summary:
        'Part of the ingest quotas of its tenant, in percent, that one key may use. 100: a tenant with one shipper loses nothing.',
    },
    { min: 1, max: 100, fallback: 100 },
  ),
  webhookNetworks: listSetting(
    {
      variable: 'TOCSIN_WEBHOOK_NETWORKS',
      summary:
        'Addresses that are not of the public internet and that webhooks of tenants may be called at all the same, also without TLS. Unset: webhooks reach public addresses by https only.',
    },
    'IP addresses or networks like `10.0.0.0/8`',
    isNetwork,
  ),
  compatIngestPort: integerSetting(
    {
      variable: 'TOCSIN_COMPAT_INGEST_PORT',
      summary:
        'Port for older clients that send to `POST /ingest` and `/ingest/batch`, customarily 8001. 0 opens none.',
    },
    { min: 0, max: 65_535, fallback: 0 },
  ),
  compatAlertsPort: integerSetting(
    {
      variable: 'TOCSIN_COMPAT_ALERTS_PORT',
      summary:
        'Port for older clients that read `GET /alerts` and `/stats`, customarily 8002. 0 opens none.',
    },
    { min: 0, max: 65_535, fallback: 0 },
  ),
  logLevel: choiceSetting(
    {
      variable: 'TOCSIN_LOG_LEVEL',
      summary: 'Least important lines that are written. `debug` is for development.',
    },
    LOG_LEVELS,
    'info',
  ),
  databaseUrl: secretSetting(
    {
      variable: 'TOCSIN_DATABASE_URL',
      summary: 'An existing PostgreSQL to use instead of the bundled one.',
    },
    'a postgres:// URL',
    (text) => /^postgres(ql)?:\/\//.test(text),
  ),
  busUrl: embeddedOnlySetting(
    { variable: 'TOCSIN_BUS_URL', summary: 'The event bus to use instead of the embedded one.' },
    'LMDB',
  ),
  searchUrl: embeddedOnlySetting(
    {
      variable: 'TOCSIN_SEARCH_URL',
      summary: 'The event store to use instead of the embedded one.',
    },
    'DuckDB',
  ),
  dataResidency: labelsSetting({
    variable: 'TOCSIN_DATA_RESIDENCY',
    summary:
      'Where this installation stores data, for example `eu-west`. A tenant whose `data_residency` names another place is refused. Unset: nothing is checked.',
  }),
  jwtIssuer: textSetting({
    variable: 'TOCSIN_JWT_ISSUER',
    summary:
      'Claim `iss` of the issuer whose tokens are accepted. Needs exactly one of `TOCSIN_JWT_JWKS_URL` and `TOCSIN_JWT_PUBLIC_KEY_FILE`.',
  }),
  jwtAudience: textSettingOr(
    { variable: 'TOCSIN_JWT_AUDIENCE', summary: 'What claim `aud` of every token must name.' },
    AUDIENCE_DEFAULT,
  ),
  jwtJwksUrl: httpsSetting({
    variable: 'TOCSIN_JWT_JWKS_URL',
    summary: 'Where the issuer publishes its keys (RFC 7517). Fetched at most every 30 seconds.',
  }),
  jwtPublicKeyFile: pathSetting({
    variable: 'TOCSIN_JWT_PUBLIC_KEY_FILE',
    summary: "PEM file of the issuer's one public key: RSA (2048 bits or more) or P-256.",
  }),
  localIssuer: choiceSetting(
    {
      variable: 'TOCSIN_LOCAL_ISSUER',
      summary:
        'Whether this installation signs tokens itself. `auto`: only with no external issuer and every listener on loopback; a start that would need more is refused.',
    },
    ['auto', 'on', 'off'],
    'auto',
  ),
  oidcIssuer: httpsSetting({
    variable: 'TOCSIN_OIDC_ISSUER',
    summary:
      'Identity provider where people log in with a browser (OpenID Connect). Needs the client id, the public URL and the mapping of groups. See the guide `sso.md`.',
  }),
  oidcClientId: textSetting({
    variable: 'TOCSIN_OIDC_CLIENT_ID',
    summary: 'Id under which the identity provider knows this installation.',
  }),
  oidcClientSecret: secretSetting(
    {
      variable: 'TOCSIN_OIDC_CLIENT_SECRET',
      summary: 'Secret of that client; none for a public client, which PKCE alone protects.',
    },
    'text',
  ),
  oidcScope: textSettingOr(
    { variable: 'TOCSIN_OIDC_SCOPE', summary: 'Scopes asked for, separated by spaces.' },
    'openid profile email',
  ),
  oidcGroupsClaim: textSettingOr(
    {
      variable: 'TOCSIN_OIDC_GROUPS_CLAIM',
      summary: 'Claim of the identity token that lists the groups of a person.',
    },
    'groups',
  ),
  oidcGroupsFile: pathSetting({
    variable: 'TOCSIN_OIDC_GROUPS_FILE',
    summary:
      'JSON file that says which group has which role in which tenant. Read at the start of the process.',
  }),
  publicUrl: httpsSetting({
    variable: 'TOCSIN_PUBLIC_URL',
    summary: 'Where browsers reach this installation, for example `https://siem.example.org`.',
  }),
  rulesFolder: pathSetting({
    variable: 'TOCSIN_RULES_FOLDER',
    summary:
      'Folder of Sigma rules that are tried on every event beside those that ship. Looked at every 10 seconds; while a document in it is refused, the rules of before stay.',
  }),
  sigmaStepsMax: integerSetting(
    {
      variable: 'TOCSIN_SIGMA_STEPS_MAX',
      summary:
        'Steps that a Sigma rule may cost an event on average. One that costs more is tried off the hot path: its alerts come later, and nobody else waits.',
    },
    { min: 1, max: 1_000_000_000, fallback: 1_000 },
  ),
  failpoints: textSetting({
    variable: 'TOCSIN_FAILPOINTS',
    summary: 'Planned crashes, for crash tests only: `label:count`, separated by commas.',
  }),
  tenant: textSetting({
    variable: 'TOCSIN_TENANT',
    summary: 'Tenant the command line works on when `--tenant` is absent.',
  }),
  token: secretSetting(
    {
      variable: 'TOCSIN_TOKEN',
      summary: 'Token the command line sends instead of one from the local issuer.',
    },
    'a token',
  ),
  url: urlSetting({
    variable: 'TOCSIN_URL',
    summary: 'Address of the Tocsin the command line talks to, instead of the one of this home.',
  }),
} as const;

/** As browsers send it: scheme, host and port where it is not the usual one, nothing behind. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text;
}

function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (length === undefined) return true;
  return /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128);
}
