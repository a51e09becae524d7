import type { Topic } from '@tocsin/contracts/topic.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { DeadLetter, DeadLetterQueue, EventBus, GroupName } from '../event-bus.ts';
import type { DeadLetterStore } from './dead-letter-store.ts';

/** Most letters of one `list` call. */
export const DEAD_LETTER_PAGE_MAX = 1000;

/** The dead letters of one topic and group. */
export class LocalDeadLetterQueue implements DeadLetterQueue {
  readonly #store: DeadLetterStore;
  readonly #bus: Pick<EventBus, 'publish'>;
  readonly #topic: Topic;
  readonly #group: GroupName;

  constructor(
    store: DeadLetterStore,
    bus: Pick<EventBus, 'publish'>,
    topic: Topic,
    group: GroupName,
  ) {
    this.#store = store;
    this.#bus = bus;
    this.#topic = topic;
    this.#group = group;
  }

  async list(tenantId: TenantId, limit: number, after?: string): Promise<readonly DeadLetter[]> {
    const size = Math.min(DEAD_LETTER_PAGE_MAX, Math.max(0, Math.floor(limit)));
    return this.#store.list(this.#topic, this.#group, tenantId, size, after);
  }

  redrive(tenantId: TenantId, id: string): Promise<boolean> {
    // Asked for twice at once it is published once: its events would be stored twice.
    return this.#store.alone([this.#topic, this.#group, tenantId, id], async () => {
      const letter = this.#store.find(this.#topic, this.#group, tenantId, id);
      if (letter === undefined) return false;
      // A new id: event ids derive from frame id and ordinal, and the item's ordinal is 0 now.
      const place = `redrive/${this.#topic}/${this.#group}/${letter.id}`;
      const frameId = uuidV5(TOCSIN_NAMESPACE, place);
      await this.#bus.publish([{ ...letter.frame, id: frameId }]);
      return await this.#store.remove(this.#topic, this.#group, tenantId, id);
    });
  }

  discard(tenantId: TenantId, id: string): Promise<boolean> {
    return this.#store.remove(this.#topic, this.#group, tenantId, id);
  }
}
