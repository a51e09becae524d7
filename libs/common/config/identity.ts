import type { IdentitySettings } from '@tocsin/auth/open-verifier.ts';
import type { ConfigOf } from './load-config.ts';
import { usesLocalIssuer } from './processes.ts';
import type { VARIABLES } from './variables.ts';

type IdentityConfig = ConfigOf<
  Pick<
    typeof VARIABLES,
    'jwtIssuer' | 'jwtAudience' | 'jwtJwksUrl' | 'jwtPublicKeyFile' | 'localIssuer'
  >
>;

/** What {@link openVerifier} needs, out of a loaded configuration. `keysFolder` is `<home>/keys`. */
export function identityOf(config: IdentityConfig, keysFolder: string): IdentitySettings {
  return {
    audience: config.jwtAudience,
    external: externalOf(config),
    localKeysFolder: usesLocalIssuer(config) ? keysFolder : undefined,
  };
}

function externalOf(config: IdentityConfig): IdentitySettings['external'] {
  const { jwtIssuer: issuer, jwtJwksUrl: jwksUrl, jwtPublicKeyFile: publicKeyFile } = config;
  if (issuer === undefined) return undefined;
  if (jwksUrl !== undefined) return { issuer, jwksUrl };
  return publicKeyFile === undefined ? undefined : { issuer, publicKeyFile };
}
