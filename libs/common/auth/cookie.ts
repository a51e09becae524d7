/** Longest `Cookie` header looked at, in characters. */
export const COOKIES_LENGTH_MAX = 8_192;

/**
 * The value of a cookie; `undefined` when it is absent, empty, or there twice: then nobody can say which is ours.
 *
 * @param header - UNTRUSTED
 */
export function readCookie(
  header: string | string[] | undefined,
  name: string,
): string | undefined {
  if (typeof header !== 'string' || header.length > COOKIES_LENGTH_MAX) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== '' ? value : undefined;
}

/** A `Set-Cookie` header for a cookie that only our own host gets, over TLS, and no script reads. */
export function hostCookie(name: string, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
}
