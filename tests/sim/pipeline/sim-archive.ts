import { systemContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { ObjectStore } from '@tocsin/objects/object-store.ts';
import type { RawPlace } from '@tocsin/objects/raw-archive.ts';

interface Segment {
  readonly tenantId: TenantId;
  readonly key: string;
  readonly bodies: Buffer[];
  lines: number;
}

/** The archive without its compressor, which runs on threads that no seed decides about. */
export class SimArchive {
  readonly #objects: ObjectStore;
  readonly #world: World;
  #open: Segment | undefined;

  constructor(objects: ObjectStore, world: World) {
    this.#objects = objects;
    this.#world = world;
  }

  add({ tenantId }: TenantContext, _receivedAt: number, body: Buffer, count: number): RawPlace {
    const { clock, random } = this.#world;
    this.#open ??= { tenantId, key: `raw/${uuidV7(clock, random)}`, bodies: [], lines: 0 };
    const place = { segment: this.#open.key, block: 0, firstLine: this.#open.lines };
    this.#open.bodies.push(body);
    this.#open.lines += count;
    return place;
  }

  async flush(): Promise<void> {
    const segment = this.#open;
    this.#open = undefined;
    if (segment === undefined) return;
    const bytes = Buffer.from(segment.bodies.map((body) => body.toString()).join('\n'));
    await this.#objects.put(systemContext(segment.tenantId, 'test'), segment.key, bytes);
  }
}
