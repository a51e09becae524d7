/** The part of Keycloak's administration that the tests of the login need. */
export interface KeycloakAdmin {
  /** As it names itself in `iss`. */
  readonly issuer: string;
  /** Signs with a new key from now on. */
  rotateKeys(): Promise<void>;
  /** Logs a person out at the provider, everywhere. */
  logOut(username: string): Promise<void>;
  /** Ids of the sessions of a person at the provider. */
  sessionsOf(username: string): Promise<readonly string[]>;
  /** A token that a machine gets for itself (client credentials). */
  machineToken(): Promise<string>;
  /** Takes the realm away again. */
  remove(): Promise<void>;
}

/** The client of machines. */
export const MACHINE = { id: 'shipper', secret: 'a secret of the machine for tests only' };
/** The client of the login. */
export const WEB = { id: 'tocsin', secret: 'a secret of the client for tests only' };
/** What every person of the realm has. */
export const PASSWORD = 'any';

const PEOPLE = { ada: 'acme-soc', root: 'msp-platform', eve: 'nobody-knows-this-group' };

/** Makes a realm in a running Keycloak as `docs/guides/sso.md` tells to: `server` and the administrator's name and word. */
export async function openRealm(
  server: string,
  { user, password }: { readonly user: string; readonly password: string },
  {
    name,
    origin,
    tenant,
  }: { readonly name: string; readonly origin: string; readonly tenant: string },
): Promise<KeycloakAdmin> {
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const answer = await fetch(`${server}/admin/realms${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await administratorToken(server, user, password)}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const issuer = `${server}/realms/${name}`;
  const idOf = async (username: string): Promise<string> => {
    const answer = await ask('GET', `/${name}/users?username=${username}&exact=true`);
    return String(((await answer.json()) as { id: string }[])[0]?.id);
  };
  await ask('POST', '', realmOf(name, origin));
  // After the realm: a realm that brings scopes of its own has none of Keycloak's.
  await addMachine(ask, name, tenant);
  return {
    issuer,
    async rotateKeys() {
      await ask('POST', `/${name}/components`, {
        name: 'the next key',
        providerId: 'rsa-generated',
        providerType: 'org.keycloak.keys.KeyProvider',
        config: { priority: ['200'], keySize: ['2048'], algorithm: ['RS256'] },
      });
    },
    async logOut(username) {
      await ask('POST', `/${name}/users/${await idOf(username)}/logout`);
    },
    async sessionsOf(username) {
      const answer = await ask('GET', `/${name}/users/${await idOf(username)}/sessions`);
      return ((await answer.json()) as { id: string }[]).map(({ id }) => id);
    },
    machineToken: () =>
      tokenOf(issuer, {
        grant_type: 'client_credentials',
        client_id: MACHINE.id,
        client_secret: MACHINE.secret,
      }),
    remove: async () => void (await ask('DELETE', `/${name}`)),
  };
}

function administratorToken(server: string, username: string, password: string): Promise<string> {
  return tokenOf(`${server}/realms/master`, {
    grant_type: 'password',
    client_id: 'admin-cli',
    username,
    password,
  });
}

async function tokenOf(issuer: string, form: Record<string, string>): Promise<string> {
  const answer = await fetch(`${issuer}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  if (!answer.ok) throw new Error(`a token of ${issuer}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

function realmOf(realm: string, origin: string) {
  return {
    realm,
    enabled: true,
    sslRequired: 'none',
    groups: Object.values(PEOPLE).map((name) => ({ name })),
    users: Object.entries(PEOPLE).map(([username, group]) => ({
      username,
      enabled: true,
      email: `${username}@example.org`,
      emailVerified: true,
      firstName: username,
      lastName: 'L.',
      credentials: [{ type: 'password', value: PASSWORD }],
      groups: [`/${group}`],
    })),
    clients: [
      {
        clientId: WEB.id,
        secret: WEB.secret,
        standardFlowEnabled: true,
        redirectUris: [`${origin}/v1/login/callback`],
        attributes: {
          'pkce.code.challenge.method': 'S256',
          'post.logout.redirect.uris': `${origin}/`,
          'backchannel.logout.url': `${origin}/v1/logout/backchannel`,
          'backchannel.logout.session.required': 'true',
        },
        protocolMappers: [
          mapper('groups', 'oidc-group-membership-mapper', {
            'claim.name': 'groups',
            'full.path': 'false',
            'id.token.claim': 'true',
          }),
        ],
      },
    ],
  };
}

/** A scope of ours, and a service account whose tokens say what section "Machines" of the guide asks for. */
async function addMachine(
  ask: (method: string, path: string, body?: unknown) => Promise<Response>,
  realm: string,
  tenant: string,
): Promise<void> {
  await ask('POST', `/${realm}/client-scopes`, {
    name: 'events:write',
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'true' },
  });
  const claim = (name: string, value: string) =>
    mapper(name, 'oidc-hardcoded-claim-mapper', {
      'claim.name': name,
      'claim.value': value,
      'jsonType.label': 'String',
      'access.token.claim': 'true',
    });
  await ask('POST', `/${realm}/clients`, {
    clientId: MACHINE.id,
    secret: MACHINE.secret,
    standardFlowEnabled: false,
    serviceAccountsEnabled: true,
    defaultClientScopes: ['basic', 'events:write'],
    protocolMappers: [
      claim('role', 'service'),
      claim('tenant_id', tenant),
      mapper('audience', 'oidc-audience-mapper', {
        'included.custom.audience': 'tocsin',
        'access.token.claim': 'true',
      }),
    ],
  });
}

function mapper(name: string, protocolMapper: string, config: Record<string, string>) {
  return { name, protocol: 'openid-connect', protocolMapper, config };
}
