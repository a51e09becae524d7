/**
 * Ways to break the protocol, one by one. Each is a shortcut somebody may be tempted to take; the model must turn red
 * under each, else it proves nothing.
 */
export const PROTOCOL_BREAKS = {
  'commits the cursor before the rows': 'cursor-before-roll',
  'commits the cursor before the checkpoint': 'cursor-before-checkpoint',
  'commits the cursor before the archive': 'cursor-before-archive',
  'checkpoints windows before their alerts are published': 'checkpoint-before-alerts',
  'drops what the coalescer holds at a barrier': 'held-dropped',
  'makes applied offsets durable apart from their rows': 'offsets-apart',
  'stores rows before the lines they refer to': 'roll-before-archive',
  'appends a frame that the store has applied': 'store-ignores-applied',
  'counts a frame that the windows have applied': 'windows-ignore-applied',
  'checkpoints windows of one moment with the offsets of a later one': 'checkpoint-offsets-later',
  'gives event ids at reading instead of at accept': 'ids-at-reading',
  'lets an older revision replace a newer one': 'revision-ignored',
  'opens the case beside the transaction of the incident': 'case-beside-commit',
  'notifies beside the transaction instead of by the outbox': 'notify-beside-commit',
  'drops an outbox row before it is published': 'outbox-dropped-first',
  'moves the correlator past alerts before they are written': 'correlate-cursor-first',
} as const;

/** One of {@link PROTOCOL_BREAKS}. */
export type ProtocolBreak = (typeof PROTOCOL_BREAKS)[keyof typeof PROTOCOL_BREAKS];
