/** Shortcuts that a harried author might take, one broken rule each. The simulation must find every one of them. */
export const PIPELINE_BREAKS = {
  'acknowledges before the sync': 'ack-before-sync',
  'tries a failed sync again and believes the second answer': 'sync-again',
  'moves the cursor before rows are stored': 'cursor-before-store',
  'says that alerts are out before they are durable': 'alerts-early',
  'stores a frame again that it has': 'store-ignores-applied',
  'does not sync the folder after a rename': 'folder-not-synced',
  'gives an alert a new id at each delivery': 'alert-not-idempotent',
  'moves the correlator past alerts before they are written': 'correlate-cursor-first',
  'opens the case beside the transaction': 'case-beside-commit',
} as const;

/** One of {@link PIPELINE_BREAKS}. */
export type PipelineBreak = (typeof PIPELINE_BREAKS)[keyof typeof PIPELINE_BREAKS];
