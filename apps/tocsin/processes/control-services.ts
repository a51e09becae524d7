import { createGateway } from '@tocsin/api-gateway/service.ts';
import type { AuditKey } from '@tocsin/audit-service/domain/statement.ts';
import { type AuditService, createAuditService } from '@tocsin/audit-service/service.ts';
import type { KeyPepper } from '@tocsin/auth/key-pepper.ts';
import type { EventBus } from '@tocsin/bus/event-bus.ts';
import { createCaseService } from '@tocsin/case-service/service.ts';
import { SHIPPED_RULES } from '@tocsin/content/shipped-rules.ts';
import type { ContentDeps } from '@tocsin/content-service/content-deps.ts';
import { createContentService } from '@tocsin/content-service/service.ts';
import type { TenantQuota } from '@tocsin/contracts/tenant-quota.ts';
import { WORK_GROUPS, WORK_TOPICS } from '@tocsin/contracts/topic.ts';
import { createCorrelateService } from '@tocsin/correlate-service/service.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { DatabaseLog } from '@tocsin/database/log.ts';
import { ruleEngineOver } from '@tocsin/detect-service/rule-engine.ts';
import { outsideAddresses } from '@tocsin/http/outside-address.ts';
import type { Route } from '@tocsin/http/route.ts';
import type { LoginDeps } from '@tocsin/identity-service/login-deps.ts';
import { createIdentityService } from '@tocsin/identity-service/service.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { createLiveService, type LiveDeps } from '@tocsin/live-service/service.ts';
import { createNotificationService } from '@tocsin/notification-service/service.ts';
import { createQueueService } from '@tocsin/queue-service/service.ts';
import { eventFromDocument } from '@tocsin/search/duckdb/event-document.ts';
import { PostgresSearchStore } from '@tocsin/search/postgres/postgres-search-store.ts';
import type { SearchStore } from '@tocsin/search/search-store.ts';
import { createSearchService } from '@tocsin/search-service/service.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import { createTenantService } from '@tocsin/tenant-service/service.ts';
import type { Dispatcher } from 'undici';
import { PIPELINE_GROUP } from '../pipeline/pipeline-host.ts';
import { oldestWaiting } from './live-wiring.ts';

/** What the services of the process `control` run on. */
export interface ControlParts {
  readonly database: Database;
  readonly bus: EventBus;
  /** The data process, for ingest bodies. */
  readonly data: Dispatcher;
  /** The event store. */
  readonly events: SearchStore;
  /** The Sigma documents of the installation; absent: none. */
  readonly sigmaRules?: NonNullable<ContentDeps['sigma']>;
  /** Those off the hot path; absent: none. */
  readonly deferredRules?: NonNullable<ContentDeps['deferred']>;
  readonly world: World;
  readonly metrics: Metrics;
  /** What the stored form of API keys is made with. */
  readonly pepper: KeyPepper;
  /** How people log in with a browser. */
  readonly login: LoginDeps | undefined;
  readonly databaseLog: DatabaseLog;
  /** Asks again whether a caller may read, for streams that stay open. */
  readonly admit: LiveDeps['admit'];
  /** Where this installation stores data; empty when nobody said. */
  readonly residency: readonly string[];
  /** Networks besides the public ones in which webhooks may be called. */
  readonly webhookNetworks: readonly string[];
  /** What a tenant may use for which nothing else is set. */
  readonly defaultQuota: TenantQuota;
  readonly auditKey: AuditKey;
  /** Where the newest signed head of each audit chain is kept. */
  readonly auditHeadsFolder: string;
  /** Called after each commit that left a row in the outbox. */
  readonly committed: () => void;
  readonly publicKeys: () => Promise<readonly object[]>;
}

/** The services of a process, composed. */
export interface ControlServices {
  readonly routes: readonly Route[];
  readonly consumers: ReturnType<typeof createCorrelateService>['consumers'];
  readonly workers: ReturnType<typeof createNotificationService>['workers'];
  readonly audit: AuditService;
  readonly live: ReturnType<typeof createLiveService>;
}

/**
 * Composes the services that work on PostgreSQL. Apart from the process, so that the API document and the tests of
 * every route are made from the same composition that serves.
 */
export function composeControl(parts: ControlParts): ControlServices {
  const { database, bus, data, events, world, metrics, committed, publicKeys } = parts;
  const alerts = new PostgresSearchStore(database, world.clock);
  const correlate = createCorrelateService({ database, search: alerts, world, metrics, committed });
  const gateway = createGateway({ data, metrics, keys: publicKeys });
  const queues = createQueueService({
    bus,
    database,
    queues: [
      { topic: 'raw.events', group: PIPELINE_GROUP },
      ...correlate.consumers.map(({ topic, group }) => ({ topic, group })),
      ...WORK_TOPICS.map((topic) => ({ topic, group: WORK_GROUPS[topic] })),
    ],
  });
  const audit = createAuditService({
    database,
    world,
    metrics,
    log: parts.databaseLog,
    key: parts.auditKey,
    headsFolder: parts.auditHeadsFolder,
  });
  const live = createLiveService({
    events,
    alerts,
    oldestWaiting: oldestWaiting(bus, world.clock),
    admit: parts.admit,
    world,
    metrics,
  });
  const notifications = createNotificationService({
    database,
    world,
    metrics,
    secrets: (tenantId, id) => parts.pepper.derive(`webhook ${tenantId} ${id}`),
    addresses: outsideAddresses(parts.webhookNetworks),
  });
  const services = [
    live,
    gateway,
    queues,
    notifications,
    correlate,
    createCaseService({ database, search: alerts, world, committed }),
    createIdentityService({
      database,
      world,
      pepper: parts.pepper,
      log: parts.databaseLog,
      login: parts.login,
      apiKeysMax: parts.defaultQuota.api_keys,
      peopleMax: parts.defaultQuota.users,
    }),
    createTenantService({
      database,
      residency: parts.residency,
      defaultQuota: parts.defaultQuota,
    }),
    audit,
    createContentService({
      database,
      world,
      rules: SHIPPED_RULES,
      events,
      ruleEngine: ruleEngineOver(eventFromDocument),
      ...(parts.sigmaRules === undefined ? {} : { sigma: parts.sigmaRules }),
      ...(parts.deferredRules === undefined ? {} : { deferred: parts.deferredRules }),
    }),
    createSearchService({ store: events, clock: world.clock, database }),
  ];
  return {
    routes: services.flatMap((service) => service.routes),
    consumers: correlate.consumers,
    workers: notifications.workers,
    audit,
    live,
  };
}
