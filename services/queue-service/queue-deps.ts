import type { EventBus } from '@tocsin/bus/event-bus.ts';
import type { Topic } from '@tocsin/contracts/topic.ts';
import type { Database } from '@tocsin/database/database.ts';

/** A queue that people see: a topic and the group that reads it. */
export interface ShownQueue {
  readonly topic: Topic;
  readonly group: string;
}

/** What the routes on queues need. */
export interface QueueDeps {
  readonly bus: Pick<EventBus, 'depth' | 'deadLetters'>;
  /** For the audit log: what is sent again or thrown away is on record. */
  readonly database: Database;
  readonly queues: readonly ShownQueue[];
}
