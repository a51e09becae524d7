import type { Category } from '@tocsin/contracts/normalized-event.ts';

/** Members `log_type` of the log shape `{source,log_type,severity,message,fields}` (Resolution 2); all others are `ops`. */
export const LOG_TYPE_CATEGORIES: ReadonlyMap<string, Category> = new Map([
  ['authentication', 'auth'],
  ['authorization', 'auth'],
  ['network', 'network'],
  ['endpoint', 'endpoint'],
  ['cloud', 'cloud'],
  ['k8s-audit', 'k8s'],
  ['data_access', 'storage'],
]);
