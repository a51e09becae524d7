import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { WindowState } from '@tocsin/correlation/window.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import {
  type CompanionState,
  encodeCheckpoint,
  type WindowCheckpoint,
} from './checkpoint-codec.ts';
import { CheckpointFolder } from './checkpoint-folder.ts';
import { TenantWindows } from './tenant-windows.ts';
import type { WindowAdd, WindowCompanion, WindowSource, WindowStore } from './window-store.ts';

/** Default of {@link MemoryWindowOptions.groupsMax}. */
export const GROUPS_MAX = 100_000;

/** How a {@link MemoryWindowStore} is opened. */
export interface MemoryWindowOptions {
  /** Absolute path of its own folder; created when absent. One process at a time. */
  readonly folder: string;
  /** Most groups (rule and group key) of one tenant; default {@link GROUPS_MAX}. The stalest goes first. */
  readonly groupsMax?: number;
}

/** How much one tenant keeps, and how much was given up. */
export interface TenantWindowUse {
  readonly tenantId: string;
  readonly groups: number;
  /** Groups evicted since the start because of `groupsMax`: each may have lost part of a count. */
  readonly evicted: number;
}

/** Opens the windows of one process, with the state of the newest usable checkpoint. */
export async function openMemoryWindowStore(
  world: World,
  options: MemoryWindowOptions,
): Promise<MemoryWindowStore> {
  const folder = new CheckpointFolder(world, options.folder);
  const { checkpoint, lost } = await folder.open();
  return new MemoryWindowStore(folder, options.groupsMax ?? GROUPS_MAX, checkpoint, lost);
}

/**
 * Windows in memory, made durable by checkpoints. For one process: its groups are counted nowhere else.
 * A step is synchronous, so adds of one call are never mixed with those of another.
 */
export class MemoryWindowStore implements WindowStore {
  readonly capabilities = { shared: false };
  readonly lost: boolean;
  readonly #folder: CheckpointFolder;
  readonly #groupsMax: number;
  readonly #tenants = new Map<string, TenantWindows>();
  readonly #applied: Map<string, number>;
  #durable: ReadonlyMap<string, number>;
  #writing: Promise<void> = Promise.resolve();
  #broken: unknown;
  readonly #companions: WindowCompanion[] = [];
  /** What the checkpoint had of companions, until they ask for it. */
  #kept: readonly CompanionState[];

  constructor(
    folder: CheckpointFolder,
    groupsMax: number,
    checkpoint: WindowCheckpoint | undefined,
    lost: boolean,
  ) {
    this.#folder = folder;
    this.#groupsMax = groupsMax;
    this.lost = lost;
    this.#durable = checkpoint?.applied ?? new Map();
    this.#applied = new Map(this.#durable);
    this.#kept = checkpoint?.companions ?? [];
    for (const { tenantId, groups } of checkpoint?.tenants ?? []) {
      this.#tenants.set(tenantId, new TenantWindows(groupsMax, groups));
    }
  }

  async add(
    tenant: TenantContext,
    adds: readonly WindowAdd[],
    source: WindowSource,
  ): Promise<readonly WindowState[]> {
    if (!this.takes(source)) return [];
    this.#applied.set(source.source, source.offset);
    if (adds.length === 0) return [];
    const windows = this.#windowsOf(tenant);
    return adds.map((add) => windows.add(add));
  }

  takes({ source, offset }: WindowSource): boolean {
    return offset > (this.#applied.get(source) ?? 0);
  }

  keep(companion: WindowCompanion): void {
    this.#companions.push(companion);
    const isIts = ({ name }: CompanionState): boolean => name === companion.name;
    const states = this.#kept.filter(isIts);
    this.#kept = this.#kept.filter((state) => !isIts(state));
    for (const { tenantId, json } of states) companion.restore(tenantId, JSON.parse(json));
  }

  applied(source: string): number {
    return this.#durable.get(source) ?? 0;
  }

  checkpoint(): Promise<void> {
    const captured = this.#capture();
    // Checkpoints are written one after the other, so that a newer state never has an older number.
    const write = this.#writing.then(() => this.#write(captured));
    this.#writing = write.catch(() => undefined);
    return write;
  }

  /** Waits for a checkpoint that is being written. Makes nothing durable itself. */
  async close(): Promise<void> {
    await this.#writing;
  }

  /** Forgets all groups of a tenant: gone from memory now, and from the disk after two checkpoints, as two are kept. */
  forget(tenant: TenantContext): number {
    const groups = this.#tenants.get(tenant.tenantId)?.size ?? 0;
    this.#tenants.delete(tenant.tenantId);
    this.#kept = this.#kept.filter(({ tenantId }) => tenantId !== tenant.tenantId);
    for (const companion of this.#companions) companion.forget(tenant.tenantId);
    return groups;
  }

  /** What each tenant keeps, for metrics and limits. */
  use(): readonly TenantWindowUse[] {
    return [...this.#tenants].map(([tenantId, windows]) => ({
      tenantId,
      groups: windows.size,
      evicted: windows.evicted,
    }));
  }

  #windowsOf(tenant: TenantContext): TenantWindows {
    const known = this.#tenants.get(tenant.tenantId);
    if (known !== undefined) return known;
    const fresh = new TenantWindows(this.#groupsMax);
    this.#tenants.set(tenant.tenantId, fresh);
    return fresh;
  }

  #capture(): WindowCheckpoint {
    return {
      applied: new Map(this.#applied),
      tenants: [...this.#tenants].map(([tenantId, windows]) => ({
        tenantId,
        groups: windows.capture(),
      })),
      companions: this.#companionStates(),
    };
  }

  /** What is of a companion that this process does not know goes on as it is. */
  #companionStates(): CompanionState[] {
    const states = this.#companions.flatMap((companion) =>
      companion.capture().map(([tenantId, json]) => ({ name: companion.name, tenantId, json })),
    );
    return [...this.#kept, ...states];
  }

  async #write(captured: WindowCheckpoint): Promise<void> {
    if (this.#broken !== undefined) throw unavailable(this.#broken);
    const bytes = await encodeCheckpoint(captured);
    try {
      await this.#folder.write(bytes);
    } catch (error) {
      if (isProblem(error, 'storage_full')) throw error;
      // After any other fault nothing tells what is on the disk: only opening anew does.
      this.#broken = error;
      throw unavailable(error);
    }
    this.#durable = captured.applied;
  }
}

function unavailable(cause: unknown): Problem {
  return new Problem('unavailable', {
    detail: 'a checkpoint of the windows failed; the process must end and start again',
    cause,
  });
}
