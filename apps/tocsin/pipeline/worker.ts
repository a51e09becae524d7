import { parentPort, workerData } from 'node:worker_threads';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { LogPosition } from '@tocsin/bus/event-bus.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import type { RuleSetting } from '@tocsin/content/rule-setting.ts';
import { SHIPPED_RULES } from '@tocsin/content/shipped-rules.ts';
import { createDetector } from '@tocsin/detect-service/detector.ts';
import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import { type SigmaEntry, sigmaCatalogue } from '@tocsin/detect-service/domain/sigma/catalogue.ts';
import type { PutBack } from '@tocsin/detect-service/domain/sigma/deferring.ts';
import { SigmaRules } from '@tocsin/detect-service/domain/sigma/sigma-rules.ts';
import { inTurns } from '@tocsin/detect-service/domain/sigma/turns.ts';
import { TenantRules } from '@tocsin/detect-service/domain/tenant-rules.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { FolderObjectStore } from '@tocsin/objects/folder-object-store.ts';
import { formatRawRef, RawArchive } from '@tocsin/objects/raw-archive.ts';
import type { StorageAges } from '@tocsin/retention-service/tenant-storage.ts';
import { DuckDbEventStore } from '@tocsin/search/duckdb/duckdb-event-store.ts';
import type {
  AggregateRequest,
  HistogramRequest,
  SearchRequest,
} from '@tocsin/search/search-store.ts';
import type { SigmaFault } from '@tocsin/sigma/fault.ts';
import { TEXT_SOURCES } from '@tocsin/sources/registry.ts';
import { openLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { openMemoryWindowStore } from '@tocsin/windows/memory-window-store.ts';
import { keepCompiledCode } from '../processes/keep-compiled-code.ts';
import type { ReadyContent } from './carried-sigma.ts';
import { DeferredControl } from './deferred-control.ts';
import type { DeferredEntry } from './deferred-protocol.ts';
import { Pipeline, type PipelineEntry } from './pipeline.ts';
import { detectCounts, pipelineCounters } from './pipeline-metrics.ts';
import { PortCalls } from './port-calls.ts';
import { Progress } from './progress.ts';
import { ruleCostMetrics } from './rule-cost-metrics.ts';
import { loadSigmaRules, type SigmaUser, shippedSigmaFolder } from './sigma-loading.ts';
import { eraseInThread, expireInThread } from './thread-storage.ts';
import type { SentEntry, WorkerOptions, WorkerReady } from './worker-protocol.ts';

/**
 * The pipeline's thread: the one owner of DuckDB, windows and the archive. Everything that reaches it comes through
 * its port; a fault that must end the process ends the thread, and the host ends the process.
 */
async function main(): Promise<void> {
  const port = parentPort;
  assert(port !== null, 'the pipeline runs in a worker thread');
  const options = workerData as WorkerOptions;
  const { dataFolder, failpoints, rulesFolder, sigmaStepsMax } = options;
  const world = systemWorld(failpoints);
  const store = await DuckDbEventStore.open({
    folder: `${dataFolder}/events`,
    world,
    formatRawRef,
  });
  const objects = await FolderObjectStore.open(`${dataFolder}/objects`, world);
  const windows = await openMemoryWindowStore(world, { folder: `${dataFolder}/windows` });
  const metrics = new Metrics('pipeline');
  const sigma = new SigmaRules(new Set(['syslog', ...TEXT_SOURCES.map(({ id }) => id)]));
  const rules = new TenantRules(buildRuleRegistry(SHIPPED_RULES), sigma);
  const folders = [shippedSigmaFolder(), ...(rulesFolder === undefined ? [] : [rulesFolder])];
  const log = openLog({ service: 'data', level: 'info', clock: world.clock, pretty: false });
  let deferred: DeferredControl | undefined;
  let inUse: ReadyContent | undefined;
  let refusedLast: readonly SigmaFault[] = [];
  let catalogue: readonly SigmaEntry[] | undefined;
  const user: SigmaUser = {
    async use(content) {
      // The first is taken before any event comes; later ones while events are matched.
      if (inUse === undefined) sigma.use(content);
      else if (!(await sigma.change(content, inTurns(world.clock)))) return false;
      inUse = content;
      catalogue = undefined;
      void deferred?.told();
      return true;
    },
    refused(refused) {
      refusedLast = refused;
      catalogue = undefined;
    },
  };
  const now = (): number => world.clock.monotonic();
  const showCosts = ruleCostMetrics(metrics);
  await loadSigmaRules(folders, user, { log, metrics, pause: inTurns(world.clock), now });
  const detector = createDetector({
    rules,
    sigma,
    windows,
    world,
    counts: detectCounts(metrics),
    sigmaStepsMax,
  });
  const asTenant = (tenantId: TenantId) => systemContext(tenantId, 'pipeline');
  const stores = { store, objects, windows, pipeline: () => pipeline };
  const calls: PortCalls = new PortCalls(port, {
    async take(entries: readonly SentEntry[]) {
      // All are put in line at once: two calls whose entries took turns would break the order.
      await Promise.all(entries.map((entry) => pipeline.take(received(entry))));
    },
    barrier: () => pipeline.barrier(),
    lacking: async (positions: readonly LogPosition[]) => pipeline.lacking(positions),
    async takeDeferred(entry: DeferredEntry) {
      await pipeline.takeDeferred(entry);
      deferred?.note(entry);
    },
    startDeferred: async () => deferred?.start(),
    async stop() {
      await pipeline.stop();
      await store.close();
    },
    search: (tenantId: TenantId, request: SearchRequest) =>
      store.search(asTenant(tenantId), request),
    histogram: (tenantId: TenantId, request: HistogramRequest) =>
      store.histogram(asTenant(tenantId), request),
    aggregate: (tenantId: TenantId, request: AggregateRequest) =>
      store.aggregate(asTenant(tenantId), request),
    findFrames: (tenantId: TenantId, ids: readonly string[]) =>
      store.findFrames(asTenant(tenantId), ids),
    expire: (tenantId: TenantId, ages: StorageAges) =>
      expireInThread(stores, systemContext(tenantId, 'retention'), ages),
    erase: (tenantId: TenantId) => eraseInThread(stores, systemContext(tenantId, 'retention')),
    async setRules(tenantId: TenantId, settings: readonly RuleSetting[]) {
      const faults = rules.set(tenantId, settings);
      void deferred?.told();
      return faults;
    },
    deferrals: async () => detector.deferring?.deferrals ?? [],
    putBack: async (asked: readonly PutBack[]) => deferred?.want(asked),
    metrics: () => {
      showCosts(inUse?.set?.costs() ?? []);
      return metrics.text();
    },
    async sigmaCatalogue() {
      if (inUse === undefined) return [];
      catalogue ??= sigmaCatalogue({ ...inUse, refused: refusedLast });
      return catalogue;
    },
    ping: async () => ({ setAside: store.damaged, unreadable: store.unreadable }),
  });
  const pipeline: Pipeline = new Pipeline({
    store,
    archive: new RawArchive(objects, world),
    windows,
    detector,
    world,
    counters: pipelineCounters(metrics),
    ...(options.progress === undefined
      ? {}
      : { progress: new Progress(options.progress, options.hungItems ?? []) }),
    output: {
      publish: (frames: readonly Frame[]) => calls.call('publish', [frames]),
      deadLetter: ({ position }: PipelineEntry, ordinal: number, reason: string) =>
        calls.call('deadLetter', [position, ordinal, reason]),
      commit: (positions: readonly LogPosition[]) => calls.call('commit', [positions]),
      deferredWaiting: () => calls.call('deferredWaiting', []),
    },
    onDeferred: (moved) => deferred?.moved(moved),
    onFatal: (error) => {
      throw error;
    },
  });
  deferred = new DeferredControl({
    detector,
    pipeline,
    clock: world.clock,
    log,
    metrics,
    tell: (rules) => calls.call('deferred', [rules]),
  });
  if (store.lostDays)
    log.error(
      'a file of events was damaged and is set aside; what the bus still has is stored again',
      {
        action: 'events.set_aside',
        status: 'failed',
        files: store.damaged,
      },
    );
  const ready: WorkerReady = {
    windowsLost: windows.lost,
    daysLost: store.lostDays,
    lookbackMs: detector.longestLookbackMs,
  };
  await calls.call('ready', [ready]);
  keepCompiledCode(world.clock);
}

/** Cloning turns a Buffer into a Uint8Array: the same bytes as a Buffer again. */
function received({ position, number, frame, replayed }: SentEntry): PipelineEntry {
  const { buffer, byteOffset, byteLength } = frame.body;
  return {
    position,
    number,
    replayed,
    frame: { ...frame, body: Buffer.from(buffer, byteOffset, byteLength) },
  };
}

await main();
