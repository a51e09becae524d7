/** Topics read as logs: in order per shard, from a cursor (design 4.1). */
export const LOG_TOPICS = [
  'raw.events',
  'normalized.events',
  'alerts.scored',
  /** Frames that wait for rules which cost too much for the pipeline. */
  'deferred.events',
] as const;
export type LogTopic = (typeof LOG_TOPICS)[number];

/** Topics whose messages are leased one by one, retried and dead-lettered. */
export const WORK_TOPICS = [
  'secplat.jobs.scan',
  'secplat.jobs.derive',
  'secplat.events.notify',
  'secplat.events.correlation',
] as const;
export type WorkTopic = (typeof WORK_TOPICS)[number];

/** The group that works each topic off. A further reader takes a group of its own. */
export const WORK_GROUPS: Readonly<Record<WorkTopic, string>> = {
  'secplat.jobs.scan': 'workers',
  'secplat.jobs.derive': 'deriver',
  'secplat.events.notify': 'notify',
  'secplat.events.correlation': 'correlate',
};

export type Topic = LogTopic | WorkTopic;
