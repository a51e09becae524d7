import type { Topic } from '@tocsin/contracts/topic.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Generation } from './generation.ts';

/** Running totals of one source up to and including a frame: what `depth` and the limits subtract. */
export interface Totals {
  readonly bytes: number;
  readonly events: number;
  /** Latest `receivedAt` so far, so that it never falls along a source. */
  readonly newestAt: number;
}

export const NO_TOTALS: Totals = { bytes: 0, events: 0, newestAt: 0 };

/** Which sequence numbers of a source a generation holds. */
export interface Span {
  readonly generation: Generation;
  readonly first: number;
  last: number;
}

/** One ordered sequence of frames of a tenant, and where its records are. */
export class Source {
  readonly key: string;
  readonly topic: Topic;
  readonly shard: number;
  readonly tenantId: TenantId;
  /** Newest frame that is durable and may be read; 0 when there is none. */
  head = 0;
  headTotals: Totals = NO_TOTALS;
  /** Newest frame handed to the commit that is under way. */
  written = 0;
  writtenTotals: Totals = NO_TOTALS;
  /** Totals before the oldest frame that is kept. */
  baseTotals: Totals = NO_TOTALS;
  /** Oldest first, without gaps; empty when retention took all frames. */
  readonly spans: Span[] = [];
  /** Bytes that the slowest group has not committed. */
  waitingBytes = 0;

  constructor(topic: Topic, shard: number, tenantId: TenantId) {
    this.key = sourceKey(topic, shard, tenantId);
    this.topic = topic;
    this.shard = shard;
    this.tenantId = tenantId;
  }

  /** The oldest frame that is kept; `head + 1` when none is. */
  get oldest(): number {
    return this.spans[0]?.first ?? this.head + 1;
  }

  /** The generation that holds a frame. Recent ones are looked at first. */
  generationOf(seq: number): Generation | undefined {
    for (let index = this.spans.length - 1; index >= 0; index -= 1) {
      const span = this.spans[index];
      if (span !== undefined && seq >= span.first) {
        return seq <= span.last ? span.generation : undefined;
      }
    }
    return undefined;
  }
}

/** Key of a source in memory. Tenant ids and topics hold no slash. */
export function sourceKey(topic: Topic, shard: number, tenantId: TenantId): string {
  return `${topic}/${shard}/${tenantId}`;
}
