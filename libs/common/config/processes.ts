import type { ConfigOf, ConfigRule, ConfigSchema } from './load-config.ts';
import { VARIABLES } from './variables.ts';

const { home, host, port, logLevel, databaseUrl, busUrl, searchUrl, failpoints } = VARIABLES;
const { jwtIssuer, jwtAudience, jwtJwksUrl, jwtPublicKeyFile, localIssuer } = VARIABLES;

const { tlsCertFile, tlsKeyFile, tlsPort, corsOrigins, trustedProxies } = VARIABLES;

const listeners = { tlsCertFile, tlsKeyFile, tlsPort, corsOrigins, trustedProxies };

const identity = { jwtIssuer, jwtAudience, jwtJwksUrl, jwtPublicKeyFile, localIssuer };
const engines = { busUrl, searchUrl };

const { oidcIssuer, oidcClientId, oidcClientSecret, oidcScope, oidcGroupsClaim } = VARIABLES;
const { oidcGroupsFile, publicUrl } = VARIABLES;
const login = {
  oidcIssuer,
  oidcClientId,
  oidcClientSecret,
  oidcScope,
  oidcGroupsClaim,
  oidcGroupsFile,
  publicUrl,
};

type Identity = ConfigOf<typeof identity>;

/** A login with a browser needs all of its parts. */
const loginIsWhole: ConfigRule<typeof login> = (config) => {
  if (config.oidcIssuer === undefined) return undefined;
  const { oidcClientId: id, oidcGroupsFile: groups, publicUrl: url, oidcScope: scope } = config;
  if (id === undefined || groups === undefined || url === undefined) {
    return {
      variable: 'TOCSIN_OIDC_ISSUER',
      detail: 'needs TOCSIN_OIDC_CLIENT_ID, TOCSIN_OIDC_GROUPS_FILE and TOCSIN_PUBLIC_URL',
    };
  }
  if (new URL(url).origin !== url.replace(/\/$/, '')) {
    return { variable: 'TOCSIN_PUBLIC_URL', detail: 'has a path: give scheme, host and port only' };
  }
  if (scope.split(' ').includes('openid')) return undefined;
  return { variable: 'TOCSIN_OIDC_SCOPE', detail: 'must hold openid' };
};

/** An issuer needs its keys, from one place; keys without an issuer would verify nothing. */
const issuerHasKeys: ConfigRule<typeof identity> = (config) => {
  const sources = [config.jwtJwksUrl, config.jwtPublicKeyFile].filter((one) => one !== undefined);
  if (config.jwtIssuer === undefined) {
    if (sources.length === 0) return undefined;
    return { variable: 'TOCSIN_JWT_ISSUER', detail: 'must be set, because keys of an issuer are' };
  }
  if (sources.length === 1) return undefined;
  return {
    variable: 'TOCSIN_JWT_ISSUER',
    detail: 'needs exactly one of TOCSIN_JWT_JWKS_URL and TOCSIN_JWT_PUBLIC_KEY_FILE',
  };
};

/** Someone must sign the tokens. */
const someIssuer: ConfigRule<typeof identity> = (config) => {
  if (config.jwtIssuer !== undefined || config.localIssuer !== 'off') return undefined;
  return {
    variable: 'TOCSIN_LOCAL_ISSUER',
    detail: 'is off and TOCSIN_JWT_ISSUER is not set, so no token could ever be accepted',
  };
};

/** On other addresses than loopback the local issuer must be asked for by name (design 6). */
const issuerMatchesHost = (config: Identity & { readonly host: string }) => {
  const asked = config.jwtIssuer !== undefined || config.localIssuer === 'on';
  if (asked || isLoopback(config.host)) return undefined;
  return {
    variable: 'TOCSIN_HOST',
    detail:
      'is not loopback, so other machines would reach a Tocsin that signs its own tokens: set TOCSIN_JWT_ISSUER and its keys, or TOCSIN_LOCAL_ISSUER=on',
  };
};

/** A certificate is of no use without its key. */
const tlsIsWhole: ConfigRule<typeof listeners> = (config) => {
  if ((config.tlsCertFile === undefined) === (config.tlsKeyFile === undefined)) return undefined;
  return {
    variable: 'TOCSIN_TLS_CERT_FILE',
    detail: 'and TOCSIN_TLS_KEY_FILE belong together: set both or none',
  };
};

/** Says whether only processes of this machine reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Says whether the local issuer's tokens are accepted beside those of an external issuer, if any. */
export function usesLocalIssuer(config: Identity): boolean {
  if (config.localIssuer === 'auto') return config.jwtIssuer === undefined;
  return config.localIssuer === 'on';
}

const supervisor = {
  home,
  host,
  port,
  ...listeners,
  logLevel,
  databaseUrl,
  ...engines,
  ...identity,
  ...login,
};

/** Settings of `tocsin up`: checked before anything is started. */
export const SUPERVISOR_CONFIG: ConfigSchema<typeof supervisor> = {
  process: 'supervisor (`tocsin up`)',
  settings: supervisor,
  rules: [issuerHasKeys, someIssuer, issuerMatchesHost, tlsIsWhole, loginIsWhole],
};

const { defaultQuota, keyShareOfApi, keyShareOfIngest } = VARIABLES;
const quotas = { defaultQuota, keyShareOfApi, keyShareOfIngest };

const { rulesFolder, sigmaStepsMax } = VARIABLES;
const data = {
  home,
  logLevel,
  failpoints,
  rulesFolder,
  sigmaStepsMax,
  ...quotas,
  ...engines,
  ...identity,
};

/** Settings of the process that has the bus and the event store. */
export const DATA_CONFIG: ConfigSchema<typeof data> = {
  process: 'data',
  settings: data,
  rules: [issuerHasKeys, someIssuer],
};

const { dataResidency, compatIngestPort, compatAlertsPort, webhookNetworks } = VARIABLES;
const control = {
  home,
  host,
  port,
  ...listeners,
  logLevel,
  failpoints,
  dataResidency,
  ...quotas,
  webhookNetworks,
  compatIngestPort,
  compatAlertsPort,
  ...engines,
  ...identity,
  ...login,
};

/** Settings of the process that has the gateway and the workflow. */
export const CONTROL_CONFIG: ConfigSchema<typeof control> = {
  process: 'control',
  settings: control,
  rules: [issuerHasKeys, someIssuer, issuerMatchesHost, tlsIsWhole, loginIsWhole],
};

const commandLine = {
  home,
  port,
  tenant: VARIABLES.tenant,
  token: VARIABLES.token,
  url: VARIABLES.url,
};

/** Settings of the commands that talk to a running Tocsin. */
export const COMMAND_LINE_CONFIG: ConfigSchema<typeof commandLine> = {
  process: 'command line',
  settings: commandLine,
  rules: [],
};

/** All processes, for the reference page. */
export const PROCESS_CONFIGS = [
  SUPERVISOR_CONFIG,
  DATA_CONFIG,
  CONTROL_CONFIG,
  COMMAND_LINE_CONFIG,
];
