import { systemContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { ObjectStore } from './object-store.ts';
import { findBlock, joinSegment, packBlock, unpackBlock } from './raw-segment.ts';

/** Lines are gathered into blocks of about this many bytes before compression: each block costs a compressor. */
export const BLOCK_BYTES = 1024 * 1024;
/** Largest block after decompression: one block and one whole frame. */
const BLOCK_BYTES_MAX = BLOCK_BYTES + 1024 * 1024;

/** Where the lines of a frame went. A line's place is `firstLine` plus its ordinal. */
export interface RawPlace {
  /** Object key of the segment. */
  readonly segment: string;
  readonly block: number;
  readonly firstLine: number;
}

/** `segment#block.line`: the `raw_ref` of an event. */
export function formatRawRef(place: RawPlace, ordinal: number): string {
  return `${place.segment}#${place.block}.${place.firstLine + ordinal}`;
}

interface OpenSegment {
  readonly tenantId: TenantId;
  readonly key: string;
  readonly packed: Promise<Buffer>[];
  gathered: Buffer[];
  gatheredBytes: number;
  gatheredLines: number;
}

/**
 * Keeps every raw line, compressed, per tenant and received day, before the cursor moves (design 3.3).
 * Lines are in memory until {@link RawArchive.flush}; a crash before it loses nothing, because the bus replays them.
 */
export class RawArchive {
  readonly #objects: ObjectStore;
  readonly #world: World;
  #open = new Map<TenantId, OpenSegment>();

  constructor(objects: ObjectStore, world: World) {
    this.#objects = objects;
    this.#world = world;
  }

  /** Adds the lines of a frame, `count` of them, separated by newlines. */
  add(tenant: TenantContext, receivedAt: number, body: Buffer, count: number): RawPlace {
    const segment = this.#segmentOf(tenant, receivedAt);
    const place = {
      segment: segment.key,
      block: segment.packed.length,
      firstLine: segment.gatheredLines,
    };
    segment.gathered.push(body, NEWLINE);
    segment.gatheredBytes += body.length + 1;
    segment.gatheredLines += count;
    if (segment.gatheredBytes >= BLOCK_BYTES) pack(segment);
    return place;
  }

  /** Makes all lines added so far durable: one object per tenant. */
  async flush(): Promise<void> {
    const segments = [...this.#open.values()];
    this.#open = new Map();
    for (const segment of segments) pack(segment);
    for (const segment of segments) {
      const bytes = joinSegment(await Promise.all(segment.packed));
      await this.#objects.put(systemContext(segment.tenantId, 'pipeline'), segment.key, bytes);
    }
    this.#world.failpoint('archive.after-put');
  }

  #segmentOf(tenant: TenantContext, receivedAt: number): OpenSegment {
    const there = this.#open.get(tenant.tenantId);
    if (there !== undefined) return there;
    const day = new Date(receivedAt).toISOString().slice(0, 10);
    const key = `raw/${day}/${uuidV7(this.#world.clock, this.#world.random)}.zst`;
    const made = {
      tenantId: tenant.tenantId,
      key,
      packed: [],
      gathered: [],
      gatheredBytes: 0,
      gatheredLines: 0,
    };
    this.#open.set(tenant.tenantId, made);
    return made;
  }
}

/** The raw line of an event, or undefined when the archive does not have it (any more). */
export async function findRawLine(
  objects: ObjectStore,
  tenant: TenantContext,
  rawRef: string,
): Promise<string | undefined> {
  const parts = /^([^#]+)#(\d+)\.(\d+)$/.exec(rawRef);
  if (parts === null) return undefined;
  const [, key = '', block = '', line = ''] = parts;
  const segment = await objects.find(tenant, key);
  if (segment === undefined) return undefined;
  const place = findBlock(segment, Number(block));
  if (place === undefined) return undefined;
  const lines = await unpackBlock(
    segment.subarray(place.offset, place.offset + place.bytes),
    BLOCK_BYTES_MAX,
  );
  return lines.toString('utf8').split('\n')[Number(line)];
}

const NEWLINE = Buffer.from('\n');

function pack(segment: OpenSegment): void {
  if (segment.gatheredBytes === 0) return;
  const lines = Buffer.concat(segment.gathered, segment.gatheredBytes);
  assert(lines.length <= BLOCK_BYTES_MAX, 'a block holds at most one block and one frame');
  segment.packed.push(packBlock(lines));
  segment.gathered = [];
  segment.gatheredBytes = 0;
  segment.gatheredLines = 0;
}
