import type { ColumnType } from 'kysely';

/** Tables of API keys in the schema `tenant_data` (migration 020). */
export interface IdentityTables {
  api_keys: ApiKeyRow;
  api_key_secrets: ApiKeySecretRow;
}

/** An API key without what opens it. */
export interface ApiKeyRow {
  tenant_id: string;
  key_id: string;
  name: string;
  environment: string;
  scopes: string[];
  source: string | null;
  expires_at: Date | null;
  created_at: ColumnType<Date, Date, never>;
  created_by: string;
  rotated_at: Date | null;
  revoked_at: Date | null;
  revoked_by: string | null;
  last_used_at: ColumnType<Date | null, never, Date>;
  networks: ColumnType<string[] | null, string[] | null, never>;
}

/** One secret of a key, as an HMAC. */
export interface ApiKeySecretRow {
  tenant_id: string;
  key_id: string;
  secret_id: string;
  mac: ColumnType<Buffer, Uint8Array, Uint8Array>;
  pepper_id: string;
  created_at: ColumnType<Date, Date, never>;
  ends_at: Date | null;
}

/** Whose key an id is, in the schema `platform`. Kept by a trigger. */
export interface ApiKeyIndexRow {
  key_id: string;
  tenant_id: string;
}

/** Somebody who is logged in, in the schema `platform` (migrations 021, 100). */
export interface LoginSessionRow {
  session_hash: string;
  /** How people name it; opens nothing. */
  session_id: ColumnType<string, string, never>;
  /** The id before; null until it changes. */
  previous_hash: ColumnType<string | null, never, string | null>;
  previous_ends_at: ColumnType<Date | null, never, Date | null>;
  /** The identity token of the login, sealed. */
  id_token_sealed: ColumnType<string | null, string | null, never>;
  provider_session: ColumnType<string | null, string | null, never>;
  subject: string;
  display_name: string;
  tenant_id: string | null;
  role: 'platform_admin' | 'tenant_admin' | 'soc_analyst' | 'auditor';
  created_at: ColumnType<Date, Date, never>;
  last_seen_at: Date;
  expires_at: ColumnType<Date, Date, never>;
}

/** Somebody who logged in to a tenant lately, in the schema `platform` (migration 110). */
export interface KnownPersonRow {
  tenant_id: string;
  subject: string;
  last_login_at: Date;
}
