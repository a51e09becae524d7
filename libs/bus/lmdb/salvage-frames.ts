import type { Topic } from '@tocsin/contracts/topic.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { isTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import { decodeParts } from '../frame-codec.ts';
import type { ScannedRecord } from './pages/scan-leaves.ts';
import { readKey } from './record-key.ts';

/** A frame out of a damaged file, or what is left of one: that is parked when it is read. */
export interface SalvagedFrame {
  readonly shard: number;
  readonly tenantId: TenantId;
  readonly seq: number;
  readonly head: Buffer;
  readonly body: Buffer;
  readonly isWhole: boolean;
}

/** Every version of a frame's two parts that some page has. */
interface Versions extends Pick<SalvagedFrame, 'shard' | 'tenantId' | 'seq'> {
  readonly heads: ScannedRecord[];
  readonly bodies: ScannedRecord[];
}

/** A whole frame with the running total of its source's events, by which a changed key is found. */
interface WholeFrame extends SalvagedFrame {
  readonly eventsBefore: number;
  readonly events: number;
}

const NOTHING = Buffer.alloc(0);

/**
 * Puts the frames of a topic together out of the records of a damaged file, in the order of their sources. A frame is
 * whole when its checksum fits, and its place is right when the totals that run along its source fit: otherwise it is
 * left out. Of what is not whole, only what lies between whole frames or right behind them is kept.
 *
 * @param records UNTRUSTED: any of them may have been changed
 */
export function salvageFrames(topic: Topic, records: Iterable<ScannedRecord>): SalvagedFrame[] {
  const sources = new Map<string, Versions[]>();
  for (const versions of versionsOf(topic, records).values()) {
    const source = `${versions.shard}/${versions.tenantId}`;
    const known = sources.get(source);
    if (known === undefined) sources.set(source, [versions]);
    else known.push(versions);
  }
  return [...sources.values()].flatMap((source) =>
    framesInPlace(source.toSorted((a, b) => a.seq - b.seq).map((one) => pieceTogether(topic, one))),
  );
}

function versionsOf(topic: Topic, records: Iterable<ScannedRecord>): Map<string, Versions> {
  const found = new Map<string, Versions>();
  for (const record of records) {
    const key = readKey(record.key);
    if (key === undefined || key[0] !== topic) continue;
    const [, shard, tenantId, seq, part] = key;
    if (!isTenantId(tenantId) || !isCount(shard) || !isCount(seq) || seq === 0) continue;
    const name = `${shard}/${tenantId}/${seq}`;
    const versions = found.get(name) ?? { shard, tenantId, seq, heads: [], bodies: [] };
    found.set(name, versions);
    if (key.length === 4) versions.heads.push(record);
    else if (key.length === 5 && part === 1) versions.bodies.push(record);
  }
  return found;
}

function pieceTogether(topic: Topic, versions: Versions): SalvagedFrame | WholeFrame {
  const newestFirst = (a: ScannedRecord, b: ScannedRecord): number => b.transaction - a.transaction;
  const heads = versions.heads.toSorted(newestFirst);
  const bodies = versions.bodies.toSorted(newestFirst);
  const { shard, tenantId, seq } = versions;
  for (const { value: head } of heads) {
    for (const { value: body } of bodies) {
      if (head === undefined || body === undefined) continue;
      const totals = totalsOf(topic, tenantId, head, body);
      if (totals !== undefined)
        return { shard, tenantId, seq, head, body, isWhole: true, ...totals };
    }
  }
  const [head = NOTHING, body = NOTHING] = [heads[0]?.value, bodies[0]?.value];
  return { shard, tenantId, seq, head, body, isWhole: false };
}

/** Undefined when the parts are not a whole frame of that tenant. */
function totalsOf(
  topic: Topic,
  tenantId: TenantId,
  head: Buffer,
  body: Buffer,
): Pick<WholeFrame, 'events' | 'eventsBefore'> | undefined {
  try {
    const { frame, extra } = decodeParts(head, body);
    const [, events = 0] = extra;
    if (frame.topic !== topic || frame.tenantId !== tenantId) return undefined;
    return { events, eventsBefore: events - frame.count };
  } catch (error) {
    if (isProblem(error)) return undefined;
    throw error;
  }
}

/** @param frames of one source, by number */
function framesInPlace(frames: readonly (SalvagedFrame | WholeFrame)[]): SalvagedFrame[] {
  const whole = longestRun(frames.filter(isWholeFrame));
  const wholeSeqs = new Set(whole.map(({ seq }) => seq));
  const first = whole[0]?.seq ?? Number.POSITIVE_INFINITY;
  let last = whole.at(-1)?.seq ?? 0;
  return frames.filter((frame) => {
    if (isWholeFrame(frame)) return wholeSeqs.has(frame.seq);
    if (frame.seq === last + 1) last += 1;
    return frame.seq > first && frame.seq <= last;
  });
}

/** Whole frames whose totals follow each other: where they do not, the key of one was changed, and it goes. */
function longestRun(frames: readonly WholeFrame[]): WholeFrame[] {
  const run: WholeFrame[] = [];
  for (const [index, frame] of frames.entries()) {
    const before = run.at(-1);
    const next = frames[index + 1];
    if (before !== undefined && !follows(before, frame)) continue;
    // The first one of all is judged by the one behind it, as there is none before it.
    const isOdd = before === undefined && next !== undefined && !follows(frame, next);
    if (isOdd && frames.length > 2) continue;
    run.push(frame);
  }
  return run;
}

/** Each frame between the two has an event at least. */
function follows(before: WholeFrame, frame: WholeFrame): boolean {
  return frame.eventsBefore - before.events >= frame.seq - before.seq - 1;
}

function isWholeFrame(frame: SalvagedFrame): frame is WholeFrame {
  return frame.isWhole;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
