/** Syslog levels 0 (emergency) to 7 (debug) on our scale of 0 to 10. */
const SYSLOG_LEVELS = [10, 9, 8, 6, 4, 2, 1, 0] as const;

/** Words that loggers use, lower case. Resolution 3 decides info, low, medium, high and critical. */
const WORDS: ReadonlyMap<string, number> = new Map([
  ['trace', 0],
  ['debug', 0],
  ['verbose', 0],
  ['info', 0],
  ['information', 0],
  ['informational', 0],
  ['notice', 2],
  ['low', 2],
  ['warn', 4],
  ['warning', 4],
  ['medium', 5],
  ['error', 6],
  ['err', 6],
  ['high', 8],
  ['severe', 8],
  ['critical', 10],
  ['crit', 8],
  ['alert', 9],
  ['emerg', 10],
  ['emergency', 10],
  ['fatal', 10],
]);

/** The severity of a syslog level (RFC 5424 section 6.2.1). */
export function syslogSeverity(level: number): number {
  return SYSLOG_LEVELS[level] ?? 1;
}

/** The severity of an untrusted word, or a whole number 0 to 10 as it is; `otherwise` for anything else. */
export function severityOfWord(value: unknown, otherwise: number): number {
  if (typeof value === 'string') {
    return value.length > 16 ? otherwise : (WORDS.get(value.toLowerCase()) ?? otherwise);
  }
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 10)
    return value;
  return otherwise;
}
