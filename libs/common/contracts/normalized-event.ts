import type { ACTOR_TYPES, CATEGORIES, OUTCOMES, TARGET_TYPES } from './canonical-event.ts';

export type Category = (typeof CATEGORIES)[number];
export type ActorType = (typeof ACTOR_TYPES)[number];
export type TargetType = (typeof TARGET_TYPES)[number];
export type Outcome = (typeof OUTCOMES)[number];

/** How well a line was understood: wholly; with something that did not fit; not at all (kept as text). */
export type ParseStatus = 'ok' | 'partial' | 'failed';

/** One Sigma logsource an event belongs to: all three keys are stated, `''` where the taxonomy has none. */
export interface Logsource {
  readonly product: string;
  readonly category: string;
  readonly service: string;
}

/**
 * A canonical event on its way through the pipeline: flat, because it is built once per event on the hot
 * path and goes straight to columns. `''` means absent. {@link canonicalEvent} gives the wire form.
 */
export interface NormalizedEvent {
  eventId: string;
  /** True when the client gave the id: then it is looked up for duplicates. */
  clientId: boolean;
  /** Event time, milliseconds since 1970 UTC; the time of receipt where the source has none. */
  timestamp: number;
  category: Category;
  severity: number;
  action: string;
  outcome: Outcome | '';
  /** The product that speaks, for example `windows`, `zeek`. */
  sourceSystem: string;
  /** The id of the source that parsed it (folder below `sources/`). */
  sourceIntegration: string;
  sourceHost: string;
  actorType: ActorType | '';
  actorId: string;
  actorName: string;
  actorEmail: string;
  targetType: TargetType | '';
  targetId: string;
  targetName: string;
  /** The address it came from and went to, as text; also in attributes where the source has them. */
  srcIp: string;
  dstIp: string;
  /** One line for people; searched by bare words. */
  message: string;
  tags: readonly string[];
  /** The source's own members under their native names. UNTRUSTED: keys may be `__proto__`. */
  attributes: Readonly<Record<string, unknown>>;
  /** `attributes` as JSON text, so that a JSON line is stored as it came and never printed again. */
  attributesJson: string;
  logsources: readonly Logsource[];
  parseStatus: ParseStatus;
  /** Why the status is not `ok`: a short code, for example `bad_timestamp`; `''` when ok. */
  parseError: string;
}
