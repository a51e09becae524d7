import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { normalizeLine } from './normalize-line.ts';
import type { JsonRecord } from './source.ts';
import { unclaimedText } from './unclaimed-text.ts';

/**
 * Turns one `{"raw", "source"?, "host"?}` into a canonical event: `raw` is a line as {@link normalizeLine} takes it,
 * `source` its hint. An item of another form is kept as text and marked `failed`.
 *
 * @param item UNTRUSTED
 */
export function normalizeWrapped(item: string, receivedAt: number): NormalizedEvent {
  let wrapper: JsonRecord | null;
  try {
    wrapper = JSON.parse(item);
  } catch {
    return keptAsText(item, receivedAt, 'malformed_json');
  }
  const raw = wrapper?.raw;
  if (wrapper === null || typeof raw !== 'string') return keptAsText(item, receivedAt, 'no_raw');
  const hint = wrapper.source;
  const host = wrapper.host;
  return normalizeLine(
    raw,
    typeof hint === 'string' ? hint : '',
    typeof host === 'string' ? host : '',
    receivedAt,
  );
}

function keptAsText(item: string, receivedAt: number, reason: string): NormalizedEvent {
  return unclaimedText(item, { receivedAt, host: '', header: undefined }, 'failed', reason);
}
