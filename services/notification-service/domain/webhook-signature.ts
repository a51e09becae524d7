import { createHmac } from 'node:crypto';

/** How long calls carry a signature of the former secret too, after a new one was made: 24 hours. */
export const FORMER_SECRET_MS = 86_400_000;

/** Gives a secret of a tenant's webhook by its id; it is stored nowhere. */
export type WebhookSecrets = (tenantId: string, secretId: string) => Buffer;

/** The secret as receivers enter it (Standard Webhooks 1.0). */
export function secretText(secret: Buffer): string {
  return `whsec_${secret.toString('base64')}`;
}

/** The headers of a call (Standard Webhooks 1.0): its id, when it was made, and a signature with each secret. */
export function signedHeaders(
  secrets: readonly Buffer[],
  id: string,
  now: number,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = secrets.map(
    (secret) =>
      `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return {
    'content-type': 'application/json',
    'user-agent': 'Tocsin',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
