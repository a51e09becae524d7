import type { CefMessage } from './cef-message.ts';

const LABEL = 'Label';

/**
 * A message as attributes: header and extension under the names of the format. Custom members (`cs1` named by
 * `cs1Label`) stand under the name the sender gave, unless that is taken.
 */
export function cefAttributes(message: CefMessage): Record<string, unknown> {
  const values = new Map<string, string>([
    ['deviceVendor', message.vendor],
    ['deviceProduct', message.product],
    ['deviceVersion', message.version],
    ['deviceEventClassId', message.classId],
    ['name', message.name],
    ['severity', message.severity],
  ]);
  for (const [key, value] of message.extension) if (!values.has(key)) values.set(key, value);
  for (const key of [...values.keys()]) if (key.endsWith(LABEL)) useLabel(values, key);
  values.delete('__proto__');
  return Object.fromEntries(values);
}

function useLabel(values: Map<string, string>, labelKey: string): void {
  const key = labelKey.slice(0, -LABEL.length);
  const name = values.get(labelKey);
  const value = values.get(key);
  if (name === undefined || name === '' || value === undefined || values.has(name)) return;
  values.delete(labelKey);
  values.delete(key);
  values.set(name, value);
}
