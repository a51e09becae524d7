/** Names of the three roles (design 6). Fixed, unless several installations share a server. */
export interface RoleNames {
  /** Owns schemas and tables; runs migrations and nothing else. */
  readonly owner: string;
  /** All work on tenants' rows, under row-level security. */
  readonly app: string;
  /** The schema `platform` only. */
  readonly platform: string;
}

/** The roles' names under a prefix; the default gives `tocsin_owner`, `tocsin_app`, `tocsin_platform`. */
export function roleNames(prefix = 'tocsin'): RoleNames {
  return { owner: `${prefix}_owner`, app: `${prefix}_app`, platform: `${prefix}_platform` };
}
