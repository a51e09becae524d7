import type { BusCounters } from '@tocsin/bus/lmdb/limits.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';

/**
 * Shows what the embedded bus did, refused, parked and dropped.
 *
 * @returns brings the metrics up to date; called before they are read, so that the bus itself counts plain numbers
 */
export function busMetrics(metrics: Metrics, counters: Readonly<BusCounters>): () => void {
  const plain = (name: string, help: string) =>
    metrics.counter({ name: `tocsin_bus_${name}_total`, help, labels: [] }).at({});
  const by = <Label extends string>(name: string, help: string, label: Label) =>
    metrics.counter({ name: `tocsin_bus_${name}_total`, help, labels: [label] });
  const refused = by('refused', 'Frames refused, by the limit that was reached', 'reason');
  const letters = by(
    'dead_letters',
    'Dead letters: parked, and the oldest dropped past their limit',
    'what',
  );
  const unlinked = by('generations_unlinked', 'Files of frames removed, by why', 'reason');
  const shown: readonly [show: { add(by?: number): void }, now: () => number][] = [
    [plain('frames', 'Frames made durable'), () => counters.publishedFrames],
    [plain('events', 'Items in them'), () => counters.publishedEvents],
    [plain('bytes', 'Bytes of their bodies'), () => counters.publishedBytes],
    [plain('commits', 'Commits that made them durable'), () => counters.commits],
    [
      plain('corrupt_frames', 'Records that had changed on disk: parked, never delivered'),
      () => counters.corruptFrames,
    ],
    [refused.at({ reason: 'tenant_limit' }), () => counters.refusedTenantLimit],
    [refused.at({ reason: 'home_limit' }), () => counters.refusedHomeLimit],
    [refused.at({ reason: 'disk_full' }), () => counters.refusedDiskFull],
    [letters.at({ what: 'parked' }), () => counters.deadLettersParked],
    [letters.at({ what: 'dropped' }), () => counters.deadLettersDropped],
    [unlinked.at({ reason: 'read_by_all' }), () => unlinkedAsPlanned(counters)],
    [unlinked.at({ reason: 'disk_nearly_full' }), () => counters.generationsUnlinkedEarly],
    [unlinked.at({ reason: 'never_read' }), () => counters.generationsUnlinkedUnclaimed],
  ];
  const before = shown.map(() => 0);
  return () => {
    for (const [index, [show, now]] of shown.entries()) {
      const value = now();
      show.add(value - (before[index] ?? 0));
      before[index] = value;
    }
  };
}

function unlinkedAsPlanned(counters: Readonly<BusCounters>): number {
  const { generationsUnlinked, generationsUnlinkedEarly, generationsUnlinkedUnclaimed } = counters;
  return generationsUnlinked - generationsUnlinkedEarly - generationsUnlinkedUnclaimed;
}
