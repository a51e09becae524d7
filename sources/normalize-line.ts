import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { genericJson } from './generic-json/generic-json.ts';
import { nestsTooDeep } from './json-depth.ts';
import { findByApp, findByHint, JSON_SOURCES, TEXT_SOURCES } from './registry.ts';
import type { Arrival, JsonRecord, Source } from './source.ts';
import { syslog } from './syslog/syslog.ts';
import { parseSyslogHeader } from './syslog/syslog-header.ts';
import { textOf } from './text-member.ts';
import { unclaimedText } from './unclaimed-text.ts';
import { wholeSurrogates } from './whole-surrogates.ts';

/** Longest line that is parsed, in UTF-16 units; a longer one is kept as text and marked `failed`. */
export const LINE_LENGTH_MAX = 1_048_576;

const OPEN_BRACE = 123;

/**
 * Turns one line of a device into a canonical event. Never throws for any text: what cannot be understood becomes a
 * searchable event with its parse status (issue of the line, never of the pipeline). Linear in the line.
 *
 * @param raw UNTRUSTED, without its line end; invalid UTF-8 already replaced by the decoder
 * @param hint what the sender says it is; `''` for unknown. Only decides which source is asked first
 * @param host the host the sender names, `''` for none; used when the line names none
 * @param receivedAt milliseconds since 1970 at accept
 */
export function normalizeLine(
  raw: string,
  hint: string,
  host: string,
  receivedAt: number,
): NormalizedEvent {
  const line = trimLine(raw);
  const arrival: Arrival = { receivedAt, host: textOf(host), header: undefined };
  if (line.length === 0) return unclaimedText('', arrival, 'failed', 'empty_line');
  if (line.length > LINE_LENGTH_MAX) return unclaimedText(line, arrival, 'failed', 'line_too_long');
  const hinted = findByHint(hint);
  return line.charCodeAt(0) === OPEN_BRACE
    ? normalizeJson(line, hinted, arrival)
    : normalizeText(line, hinted, arrival);
}

/** Strips a byte order mark and blanks at both ends. Most lines have none and are returned as they are. */
function trimLine(raw: string): string {
  const first = raw.charCodeAt(0);
  const last = raw.charCodeAt(raw.length - 1);
  const clean = first > 32 && first !== 0xfeff && last > 32;
  return clean ? raw : (first === 0xfeff ? raw.slice(1) : raw).trim();
}

function normalizeJson(
  text: string,
  hinted: Source | undefined,
  arrival: Arrival,
): NormalizedEvent {
  const line = wholeSurrogates(text);
  let record: JsonRecord;
  try {
    record = JSON.parse(line);
  } catch {
    return unclaimedText(line, arrival, 'failed', 'malformed_json');
  }
  if (nestsTooDeep(line, record)) return unclaimedText(line, arrival, 'failed', 'json_too_deep');
  if (hinted?.reads === 'json' && hinted.claims(record)) return hinted.map(record, line, arrival);
  for (const source of JSON_SOURCES) {
    if (source !== hinted && source.claims(record)) return source.map(record, line, arrival);
  }
  return genericJson.map(record, line, arrival);
}

function normalizeText(
  line: string,
  hinted: Source | undefined,
  arrival: Arrival,
): NormalizedEvent {
  const header = parseSyslogHeader(line, arrival.receivedAt);
  if (header === undefined) {
    return (
      askTextSources(line, hinted, arrival) ?? unclaimedText(line, arrival, 'partial', 'unclaimed')
    );
  }
  const payload = line.slice(header.payloadAt);
  const host = textOf(header.host) || arrival.host;
  const behind: Arrival = { receivedAt: arrival.receivedAt, host, header };
  if (payload.charCodeAt(0) === OPEN_BRACE) {
    const event = normalizeJson(payload, hinted, behind);
    if (event.parseStatus !== 'failed') return event;
  }
  const owner = findByApp(header.app);
  return (
    owner?.parse(payload, behind) ??
    askTextSources(payload, hinted, behind) ??
    syslog.parse(payload, behind) ??
    unclaimedText(line, arrival, 'partial', 'unclaimed')
  );
}

function askTextSources(
  text: string,
  hinted: Source | undefined,
  arrival: Arrival,
): NormalizedEvent | undefined {
  const first = hinted?.reads === 'text' ? hinted.parse(text, arrival) : undefined;
  if (first !== undefined) return first;
  for (const source of TEXT_SOURCES) {
    const event = source === hinted ? undefined : source.parse(text, arrival);
    if (event !== undefined) return event;
  }
  return undefined;
}
