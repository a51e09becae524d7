import type { Database } from '@tocsin/database/database.ts';
import type { FindAddresses } from '@tocsin/http/call-outside.ts';
import type { OutsideAddresses } from '@tocsin/http/outside-address.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import type { WebhookSecrets } from './domain/webhook-signature.ts';

/** What the notification service runs on. */
export interface NotificationDeps {
  readonly database: Database;
  readonly world: World;
  readonly metrics: Metrics;
  readonly secrets: WebhookSecrets;
  /** Where webhooks may be. */
  readonly addresses: OutsideAddresses;
  /** How hosts are found; default: the system's resolver. */
  readonly findAddresses?: FindAddresses;
}
