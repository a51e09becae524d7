import type { Category, Logsource, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { JsonRecord } from './source.ts';

const NO_TAGS: readonly string[] = [];

/** For events without a place in Sigma's taxonomy. */
export const NO_LOGSOURCES: readonly Logsource[] = [];

/**
 * Makes an event with every member present and in one order, so that all events have one shape for the engine.
 * The pipeline fills `eventId`; a source assigns what it knows.
 *
 * @param timestamp milliseconds since 1970
 */
export function newEvent(
  integration: string,
  system: string,
  category: Category,
  timestamp: number,
  attributes: JsonRecord,
  attributesJson: string,
): NormalizedEvent {
  return {
    eventId: '',
    clientId: false,
    timestamp,
    category,
    severity: 1,
    action: '',
    outcome: '',
    sourceSystem: system,
    sourceIntegration: integration,
    sourceHost: '',
    actorType: '',
    actorId: '',
    actorName: '',
    actorEmail: '',
    targetType: '',
    targetId: '',
    targetName: '',
    srcIp: '',
    dstIp: '',
    message: '',
    tags: NO_TAGS,
    attributes,
    attributesJson,
    logsources: NO_LOGSOURCES,
    parseStatus: 'ok',
    parseError: '',
  };
}
