import { API_KEY_ENVIRONMENT_PATTERN, API_KEY_ID_PATTERN } from '@tocsin/auth/api-key.ts';
import { isNetwork, NETWORKS_MAX } from '@tocsin/auth/networks.ts';
import { SCOPES } from '@tocsin/auth/role.ts';
import type { ApiKeyRow } from '@tocsin/database/identity-tables.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { Selectable } from 'kysely';
import Type, { type Static } from 'typebox';

/** Longest overlap of two secrets: 30 days. */
export const OVERLAP_SECONDS_MAX = 30 * 86_400;
/** Overlap where nothing is said: a day, for senders that are changed by hand. */
export const OVERLAP_SECONDS_DEFAULT = 86_400;
/** What a key is for where nothing is said. */
export const ENVIRONMENT_DEFAULT = 'live';

const scope = Type.Union(SCOPES.map((one) => Type.Literal(one)));
const nullableText = Type.Union([Type.String(), Type.Null()]);
const nullableTime = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);

/** The body of `POST /v1/api-keys`. */
export const ApiKeyInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    scopes: Type.Array(scope, {
      minItems: 1,
      maxItems: SCOPES.length,
      uniqueItems: true,
      description: 'What the key may do; nothing you may not do yourself',
    }),
    source: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9_.-]{0,63}$',
        description: 'The only source it may send events as, for example linux_auth',
      }),
    ),
    networks: Type.Optional(
      Type.Array(Type.String({ maxLength: 50 }), {
        minItems: 1,
        maxItems: NETWORKS_MAX,
        uniqueItems: true,
        description:
          'The only networks it is taken from, for example 192.0.2.0/24; anywhere when left out',
      }),
    ),
    environment: Type.Optional(
      Type.String({
        pattern: API_KEY_ENVIRONMENT_PATTERN,
        default: ENVIRONMENT_DEFAULT,
        description: 'A word that becomes a part of the key, to tell keys apart',
      }),
    ),
    expires_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'When it ends; never when left out' }),
    ),
  },
  { additionalProperties: false, title: 'API key to make' },
);
export type ApiKeyInput = Static<typeof ApiKeyInput>;

/** The body of `POST /v1/api-keys/{key_id}/rotate`. */
export const RotateInput = Type.Object(
  {
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: OVERLAP_SECONDS_MAX,
        default: OVERLAP_SECONDS_DEFAULT,
        description: 'How long the present secret opens the key beside the new one',
      }),
    ),
  },
  { additionalProperties: false, title: 'Rotation of an API key' },
);

/** Path parameter of routes on one key. */
export const ApiKeyParams = Type.Object({
  key_id: Type.String({ maxLength: 200, description: 'Id of an API key' }),
});

const members = {
  key_id: Type.String({ pattern: API_KEY_ID_PATTERN }),
  name: Type.String(),
  environment: Type.String(),
  scopes: Type.Array(scope),
  source: nullableText,
  networks: Type.Union([Type.Array(Type.String()), Type.Null()]),
  last_used_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'To ten minutes',
  }),
  status: Type.Union(['active', 'expired', 'revoked'].map((one) => Type.Literal(one))),
  expires_at: nullableTime,
  created_at: Type.String({ format: 'date-time' }),
  created_by: Type.String(),
  rotated_at: nullableTime,
  revoked_at: nullableTime,
  revoked_by: nullableText,
};

/** A key on the wire. */
export const ApiKey = Type.Object(members, { title: 'API key' });

/** A key with what opens it: told once, when it is made or rotated. */
export const ApiKeyWithSecret = Type.Object(
  {
    ...members,
    api_key: Type.String({ description: 'The key itself. It is told this once and kept nowhere.' }),
  },
  { title: 'API key with its secret' },
);

/** A row as the API shows it. */
export function renderApiKey(row: Selectable<ApiKeyRow>, nowMs: number) {
  return {
    key_id: row.key_id,
    name: row.name,
    environment: row.environment,
    scopes: row.scopes,
    source: row.source,
    networks: row.networks,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    status: statusOf(row, nowMs),
    expires_at: row.expires_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    created_by: row.created_by,
    rotated_at: row.rotated_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    revoked_by: row.revoked_by,
  };
}

function statusOf(row: Selectable<ApiKeyRow>, nowMs: number): 'active' | 'expired' | 'revoked' {
  if (row.revoked_at !== null) return 'revoked';
  return row.expires_at !== null && row.expires_at.getTime() <= nowMs ? 'expired' : 'active';
}

/**
 * When a key shall end.
 *
 * @throws {@link Problem} `invalid_request` when that is past
 */
export function readExpiry(text: string | undefined, nowMs: number): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (at.getTime() > nowMs) return at;
  throw new Problem('invalid_request', {
    detail: 'expires_at: must be a time in the future',
    errors: [{ pointer: '/expires_at', detail: 'must be a time in the future' }],
  });
}

/**
 * Where a key may be used from.
 *
 * @throws {@link Problem} `invalid_request` that names what is no network
 */
export function readNetworks(texts: readonly string[] | undefined): string[] | null {
  if (texts === undefined) return null;
  const index = texts.findIndex((text) => !isNetwork(text));
  if (index < 0) return [...texts];
  const detail = 'is no network: write 192.0.2.0/24, 2001:db8::/32 or one address';
  throw new Problem('invalid_request', {
    detail: `networks: ${detail}`,
    errors: [{ pointer: `/networks/${index}`, detail }],
  });
}
