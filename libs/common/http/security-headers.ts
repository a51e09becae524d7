/**
 * Header fields of every answer. An answer is data for a program: a browser that is tricked into showing one runs
 * nothing of it, frames it nowhere and keeps no copy. A route that serves pages states its own.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
});

/** Beside them on connections with TLS: browsers come by TLS only, for a year. */
export const TRANSPORT_SECURITY = 'max-age=31536000; includeSubDomains';
