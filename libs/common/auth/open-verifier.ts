import { assert } from '@tocsin/kernel/assert.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { readLocalIssuer } from './local-issuer.ts';
import { pemKeys } from './pem-keys.ts';
import { type KeySetEvent, remoteKeys } from './remote-keys.ts';
import { TokenVerifier, type TrustedIssuer } from './token-verifier.ts';

/** Which issuers a process trusts. */
export interface IdentitySettings {
  readonly audience: string;
  /** Claim `iss` of an external issuer and one source of its keys. */
  readonly external:
    | { readonly issuer: string; readonly jwksUrl: string }
    | { readonly issuer: string; readonly publicKeyFile: string }
    | undefined;
  /** Folder of the local issuer's keys; `undefined` when its tokens are not accepted. */
  readonly localKeysFolder: string | undefined;
}

/**
 * Opens the verifier of a process. The keys of the local issuer must exist: whoever started the process made them.
 *
 * @throws {@link Problem} `invalid_request` when the public key file is unusable
 */
export async function openVerifier(
  world: World,
  settings: IdentitySettings,
  report: (event: KeySetEvent, error?: unknown) => void = () => undefined,
): Promise<TokenVerifier> {
  const { audience, external, localKeysFolder } = settings;
  const trusted: TrustedIssuer[] = [];
  if (external !== undefined) trusted.push(await externalIssuer(world, external, audience, report));
  if (localKeysFolder !== undefined) {
    trusted.push(await readLocalIssuer(world, localKeysFolder, audience));
  }
  assert(trusted.length > 0, 'a process trusts at least one issuer');
  return new TokenVerifier(trusted, world.clock);
}

async function externalIssuer(
  world: World,
  external: NonNullable<IdentitySettings['external']>,
  audience: string,
  report: (event: KeySetEvent, error?: unknown) => void,
): Promise<TrustedIssuer> {
  const { issuer } = external;
  if ('jwksUrl' in external) {
    return { issuer, audience, keys: remoteKeys(external.jwksUrl, world.clock, undefined, report) };
  }
  try {
    const pem = (await world.disk.read(external.publicKeyFile)).toString('utf8');
    return { issuer, audience, keys: await pemKeys(pem) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it cannot be read';
    throw new Problem('invalid_request', {
      detail: `TOCSIN_JWT_PUBLIC_KEY_FILE: ${reason}`,
      cause,
    });
  }
}
