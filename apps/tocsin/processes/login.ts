import { SessionVerifier } from '@tocsin/auth/session-verifier.ts';
import type { ConfigOf } from '@tocsin/config/load-config.ts';
import type { CONTROL_CONFIG } from '@tocsin/config/processes.ts';
import type { Database } from '@tocsin/database/database.ts';
import { parseGroupGrants } from '@tocsin/identity-service/domain/group-grants.ts';
import type { LoginDeps } from '@tocsin/identity-service/login-deps.ts';
import { openSessionDirectory } from '@tocsin/identity-service/session-directory.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';

type Config = ConfigOf<(typeof CONTROL_CONFIG)['settings']>;

/**
 * Opens the login with a browser, where an identity provider is set.
 *
 * @throws Problem `invalid_request` when the mapping of groups cannot be read
 */
export async function openLogin(
  config: Config,
  database: Database,
  world: World,
): Promise<LoginDeps | undefined> {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcGroupsFile: file, publicUrl } = config;
  if (issuer === undefined || clientId === undefined) return undefined;
  if (file === undefined || publicUrl === undefined) return undefined;
  const { origin } = new URL(publicUrl);
  return {
    settings: {
      issuer,
      clientId,
      clientSecret: config.oidcClientSecret,
      origin,
      scope: config.oidcScope,
      groupsClaim: config.oidcGroupsClaim,
      grants: parseGroupGrants(await readGroups(world, file)),
    },
    sessions: new SessionVerifier(openSessionDirectory(database, world), world.clock, origin),
  };
}

async function readGroups({ disk }: World, file: string): Promise<string> {
  try {
    return (await disk.read(file)).toString('utf8');
  } catch (cause) {
    throw new Problem('invalid_request', {
      detail: 'TOCSIN_OIDC_GROUPS_FILE names no readable file',
      cause,
    });
  }
}
