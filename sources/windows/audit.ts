import type { Outcome } from '@tocsin/contracts/normalized-event.ts';
import { severityOfWord } from '../severity.ts';
import type { JsonRecord } from '../source.ts';

/** Keywords 0x8020000000000000 and 0x8010000000000000 as signed 64-bit numbers: exact even as doubles. */
const SUCCESS_KEYWORD = 2 ** 53 - 2 ** 63;
const FAILURE_KEYWORD = 2 ** 52 - 2 ** 63;

/** Outcome of an audit record: by `Keywords` in hex, decimal or words, else by nxlog's `EventType`. */
export function auditOutcome(fields: JsonRecord): Outcome | '' {
  const keywords = fields.Keywords;
  if (typeof keywords === 'number') {
    if (keywords === SUCCESS_KEYWORD) return 'success';
    if (keywords === FAILURE_KEYWORD) return 'failure';
  } else {
    const word = Array.isArray(keywords) ? keywords[0] : keywords;
    if (typeof word === 'string') {
      if (word.startsWith('0x802') || word === 'Audit Success') return 'success';
      if (word.startsWith('0x801') || word === 'Audit Failure') return 'failure';
    }
  }
  const type = fields.EventType;
  if (type === 'AUDIT_SUCCESS') return 'success';
  return type === 'AUDIT_FAILURE' ? 'failure' : '';
}

/** Windows levels 0 (always) to 5 (verbose). */
const LEVELS = [1, 8, 6, 4, 1, 0] as const;
/** nxlog and winlogbeat give words; those that mean a plain record are 1 here as in the numbers. */
const INFORMATION = 1;

/** Severity by `Level` (number, digit or word), else by nxlog's `Severity`. */
export function levelSeverity(fields: JsonRecord): number {
  const level = fields.Level ?? fields.Severity ?? fields.level;
  if (typeof level === 'number') return LEVELS[level] ?? INFORMATION;
  if (typeof level !== 'string') return INFORMATION;
  if (level.length === 1) return LEVELS[level.charCodeAt(0) - 48] ?? INFORMATION;
  return Math.max(INFORMATION, severityOfWord(level, INFORMATION));
}
