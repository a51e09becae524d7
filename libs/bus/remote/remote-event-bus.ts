import type { LogTopic, Topic, WorkTopic } from '@tocsin/contracts/topic.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { backOff, type ConsumerReport, isRetryable } from '../consumer-shell.ts';
import type {
  Consumer,
  DeadLetter,
  DeadLetterQueue,
  EventBus,
  EventBusCapabilities,
  GroupName,
  LogHandler,
  LogOptions,
  QueueDepth,
  WorkHandler,
  WorkOptions,
} from '../event-bus.ts';
import type { Frame } from '../frame.ts';
import { checkFrame, encodeFrame } from '../frame-codec.ts';
import { parseGroupName } from '../group-name.ts';
import { startLogConsumer } from '../log-consumer.ts';
import type { GroupRegistry, LogFeed, LogSession, LogSessionRequest } from '../log-session.ts';
import { startWorkConsumer } from '../work-consumer.ts';
import type { LeasedWork, WorkFeed, WorkOutcome, WorkReceipt, WorkRequest } from '../work-feed.ts';
import { BusClient } from './bus-client.ts';
import { Members } from './members.ts';
import { packRecords } from './records.ts';
import { RemoteLogSession } from './remote-log-session.ts';
import { receiptToWire, tenantDepthFromWire, unpackLeased, unpackLetters } from './wire.ts';

/** How a process reaches the bus that another one keeps. */
export interface RemoteEventBusOptions {
  /** Path of the unix socket. */
  readonly socketPath: string;
  /** This process's token, see `BusCredential`. */
  readonly token: string;
  readonly world: World;
  /** Told of failures in consumers; default: nothing. */
  readonly report?: ConsumerReport;
  /** How many times a bus that is not up yet is tried at open, with pauses of 1, 2, 4, ... s; default 6. */
  readonly openAttemptsMax?: number;
}

/**
 * Opens the bus of another process.
 *
 * @throws Problem `unavailable` when it cannot be reached after all attempts; `unauthenticated`
 */
export async function openRemoteEventBus(options: RemoteEventBusOptions): Promise<RemoteEventBus> {
  const { socketPath, token, world, openAttemptsMax = 6 } = options;
  const client = new BusClient(socketPath, token, world.clock);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const bytes = await client.call('capabilities', {});
      const capabilities = JSON.parse(bytes.toString()) as EventBusCapabilities;
      return new RemoteEventBus(client, capabilities, world, options.report);
    } catch (error) {
      if (!isRetryable(error) || attempt + 1 >= openAttemptsMax) {
        await client.close();
        throw error;
      }
      await backOff(world.clock, attempt, NEVER);
    }
  }
}

const NEVER = new AbortController().signal;

/** The bus of another process, behind the same interface. */
export class RemoteEventBus implements EventBus, GroupRegistry, LogFeed, WorkFeed {
  readonly capabilities: EventBusCapabilities;
  readonly #client: BusClient;
  readonly #world: World;
  readonly #report: ConsumerReport;
  /** Tells the runs of this process apart, so that a restart need not wait for its old lease. */
  readonly #run: string;
  readonly #consumers = new Set<Consumer>();
  #closing: Promise<void> | undefined;

  constructor(
    client: BusClient,
    capabilities: EventBusCapabilities,
    world: World,
    report: ConsumerReport = () => undefined,
  ) {
    this.#client = client;
    this.capabilities = capabilities;
    this.#world = world;
    this.#report = report;
    this.#run = Buffer.from(world.random.bytes(8)).toString('hex');
  }

  async publish(frames: readonly Frame[]): Promise<void> {
    this.#checkOpen();
    if (frames.length === 0) return;
    for (const frame of frames) checkFrame(frame);
    await this.#client.call('publish', packRecords(frames.map((frame) => encodeFrame(frame))));
  }

  async consumeLog(
    topic: LogTopic,
    group: GroupName,
    handler: LogHandler,
    options?: LogOptions,
  ): Promise<Consumer> {
    this.#checkOpen();
    const name = parseGroupName(group);
    await this.registerGroup(topic, name, options?.fromNewest ?? false);
    const shell = { clock: this.#world.clock, report: this.#report };
    return this.#track(startLogConsumer(this, shell, topic, name, handler, options));
  }

  async consumeWork(
    topic: WorkTopic,
    group: GroupName,
    handler: WorkHandler,
    options?: WorkOptions,
  ): Promise<Consumer> {
    this.#checkOpen();
    const name = parseGroupName(group);
    await this.registerGroup(topic, name, false);
    const shell = { clock: this.#world.clock, report: this.#report };
    return this.#track(startWorkConsumer(this, shell, topic, name, handler, options));
  }

  async registerGroup(topic: Topic, group: GroupName, fromNewest: boolean): Promise<void> {
    await this.#client.call('register', { topic, group, from_newest: fromNewest });
  }

  async openLog(request: LogSessionRequest): Promise<LogSession | undefined> {
    const { topic, group, rewindMs, waitMs, signal } = request;
    const body = { topic, group, rewind_ms: rewindMs, wait_ms: waitMs, run: this.#run };
    const answer = await this.#client.call('log/open', body, waitMs, signal);
    return answer.length === 0
      ? undefined
      : new RemoteLogSession(this.#client, Members.parse(answer));
  }

  async leaseWork(request: WorkRequest): Promise<readonly LeasedWork[]> {
    const { topic, group, itemsMax, leaseMs, attemptsMax, waitMs, signal } = request;
    const body = {
      topic,
      group,
      items_max: itemsMax,
      lease_ms: leaseMs,
      attempts_max: attemptsMax,
      wait_ms: waitMs,
    };
    return unpackLeased(await this.#client.call('work/lease', body, waitMs, signal));
  }

  async extendWork(receipt: WorkReceipt, leaseMs: number): Promise<void> {
    const body = { receipt: receiptToWire(receipt), lease_ms: leaseMs };
    await this.#client.call('work/extend', body);
  }

  async finishWork(receipt: WorkReceipt, outcome: WorkOutcome): Promise<void> {
    const body = {
      receipt: receiptToWire(receipt),
      outcome: outcome.kind,
      ...(outcome.kind === 'retry' ? { delay_ms: outcome.delayMs } : {}),
      ...(outcome.kind === 'park' ? { reason: outcome.reason } : {}),
    };
    await this.#client.call('work/finish', body);
  }

  async depth(topic: Topic, group: GroupName): Promise<QueueDepth> {
    this.#checkOpen();
    const body = { topic, group: parseGroupName(group) };
    const answer = await this.#client.callForObject('depth', body);
    return { topic, group, tenants: answer.list('tenants').map(tenantDepthFromWire) };
  }

  deadLetters(topic: Topic, group: GroupName): DeadLetterQueue {
    return new RemoteDeadLetterQueue(this.#client, topic, parseGroupName(group));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    await this.#client.close();
  }

  #track(consumer: Consumer): Consumer {
    const tracked: Consumer = {
      stop: async () => {
        await consumer.stop();
        this.#consumers.delete(tracked);
      },
    };
    this.#consumers.add(tracked);
    return tracked;
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new Problem('unavailable', { detail: 'the bus is closed' });
  }
}

class RemoteDeadLetterQueue implements DeadLetterQueue {
  readonly #client: BusClient;
  readonly #queue: { readonly topic: Topic; readonly group: GroupName };

  constructor(client: BusClient, topic: Topic, group: GroupName) {
    this.#client = client;
    this.#queue = { topic, group };
  }

  async list(tenantId: TenantId, limit: number, after?: string): Promise<readonly DeadLetter[]> {
    const body = { ...this.#queue, tenant_id: tenantId, limit, ...(after ? { after } : {}) };
    return unpackLetters(await this.#client.call('dead-letters/list', body));
  }

  redrive(tenantId: TenantId, id: string): Promise<boolean> {
    return this.#change('dead-letters/redrive', tenantId, id);
  }

  discard(tenantId: TenantId, id: string): Promise<boolean> {
    return this.#change('dead-letters/discard', tenantId, id);
  }

  async #change(operation: string, tenantId: TenantId, id: string): Promise<boolean> {
    const body = { ...this.#queue, tenant_id: tenantId, id };
    return (await this.#client.callForObject(operation, body)).flag('found');
  }
}
