import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';

/** An event for tests: every member is there, those named are set. */
export function sampleEvent(members: Partial<NormalizedEvent>): NormalizedEvent {
  return {
    eventId: '',
    clientId: false,
    timestamp: 0,
    category: 'ops',
    severity: 0,
    action: '',
    outcome: '',
    sourceSystem: 'sample',
    sourceIntegration: 'sample',
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
    tags: [],
    attributes: {},
    attributesJson: '{}',
    logsources: [],
    parseStatus: 'ok',
    parseError: '',
    ...members,
  };
}
