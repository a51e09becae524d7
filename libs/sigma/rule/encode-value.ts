import type { FaultSignal } from '../fault.ts';
import { hasWildcard, normalPattern, type Pattern, parsePattern } from '../text/pattern.ts';
import { type Draft, invalidValue, type ModifierContext } from './draft.ts';

type TextDraft = Draft & { kind: 'text' };

/** `wide`, `utf16le`, `utf16be`, `utf16`: the value's UTF-16 bytes, each one character. Wildcards stay. */
export function encodeWide(draft: TextDraft, littleEndian: boolean, mark: boolean): Draft {
  const parts = draft.pattern.map((part) =>
    typeof part === 'string' ? utf16Bytes(part, littleEndian) : part,
  );
  const pattern = normalPattern(mark ? ['\u00ff\u00fe', ...parts] : parts);
  return { ...draft, pattern, bytes: true };
}

function utf16Bytes(text: string, littleEndian: boolean): string {
  let bytes = '';
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const low = String.fromCharCode(unit & 0xff);
    const high = String.fromCharCode(unit >> 8);
    bytes += littleEndian ? low + high : high + low;
  }
  return bytes;
}

/** `base64`: the whole value encoded. */
export function encodeBase64(draft: TextDraft, context: ModifierContext): Draft {
  return { ...draft, pattern: [bytesOf(draft, context).toString('base64')], bytes: false };
}

/**
 * `base64offset`: the value as it looks inside a longer base64 text, at each of the three alignments; what depends on
 * the neighbours is cut at both ends.
 */
export function encodeBase64Offsets(draft: TextDraft, context: ModifierContext): Draft[] {
  const bytes = bytesOf(draft, context);
  if (bytes.length < 2) {
    // Of one byte an alignment leaves no character that is sure: it would match every value.
    throw invalidValue(context, 'the value is too short to be found in base64: 2 bytes at least');
  }
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset, 0x20), bytes]).toString('base64');
    const end = encoded.length + (CUT_END[(bytes.length + offset) % 3] ?? 0);
    const pattern: Pattern = normalPattern([encoded.slice(CUT_START[offset], end)]);
    return { ...draft, pattern, bytes: false, offset: true };
  });
}

const CUT_START = [0, 2, 3];
const CUT_END = [0, -3, -2];

function bytesOf(draft: TextDraft, context: ModifierContext): Buffer {
  if (hasWildcard(draft.pattern)) {
    throw invalidValue(context, 'a wildcard cannot be encoded: write contains after it, or escape');
  }
  const text = draft.pattern.join('');
  if (text === '') throw invalidValue(context, 'an empty value cannot be encoded');
  return Buffer.from(text, draft.bytes ? 'latin1' : 'utf8');
}

/** Most dashes of one value that are replaced: 5 to the power of 5 values. */
export const DASHES_MAX = 5;

/** `windash`: each `-` or `/` that begins a word becomes each of five dashes, in all combinations. */
export function expandDashes(draft: TextDraft, context: ModifierContext): Draft[] {
  const places: [part: number, unit: number][] = [];
  for (const [index, part] of draft.pattern.entries()) {
    if (typeof part !== 'string') continue;
    for (const match of part.matchAll(DASH)) places.push([index, match.index]);
  }
  if (places.length > DASHES_MAX) {
    throw invalidValue(
      context,
      `more than ${DASHES_MAX} dashes in one value: split it with contains|all`,
    );
  }
  let patterns: Pattern[] = [draft.pattern];
  for (const [index, unit] of places) {
    patterns = patterns.flatMap((pattern) =>
      DASHES.map((dash) =>
        pattern.map((part, at) =>
          at === index && typeof part === 'string'
            ? part.slice(0, unit) + dash + part.slice(unit + 1)
            : part,
        ),
      ),
    );
  }
  return patterns.map((pattern) => ({ ...draft, pattern }));
}

/** A dash that no word character stands before, and one stands after. */
const DASH = /(?<![\p{L}\p{N}_])[-/](?=[\p{L}\p{N}_])/gu;
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];

/** `re|expand`: each `%name%` of a regular expression becomes each value of its list, as it is written there. */
export function expandSource(source: string, context: ModifierContext): string[] {
  let sources = [''];
  let at = 0;
  for (const match of source.matchAll(PLACEHOLDER)) {
    const before = source.slice(at, match.index);
    const values = listOf(match, context) ?? [match[0]];
    sources = sources.flatMap((head) => values.map((value) => head + before + value));
    if (sources.length > PLACEHOLDER_VALUES_MAX) throw tooManyValues(context);
    at = match.index + match[0].length;
  }
  return sources.map((head) => head + source.slice(at));
}

const PLACEHOLDER = /(?<!\\)%([\w.-]+)%/g;

/** The list of a placeholder; undefined, and its name noted, when there is none. */
function listOf(
  { 1: name = '' }: RegExpExecArray,
  { lists, flags }: ModifierContext,
): readonly string[] | undefined {
  const list = lists.get(name) ?? [];
  if (list.length > 0) return list;
  flags.missing.add(name);
  return undefined;
}

function tooManyValues(context: ModifierContext): FaultSignal {
  return invalidValue(context, `placeholders make more than ${PLACEHOLDER_VALUES_MAX} values`);
}

/** `expand`: each `%name%` becomes each value of its list; `\%` is a percent sign. */
export function expandPlaceholders(draft: TextDraft, context: ModifierContext): Draft[] {
  let patterns: Pattern[] = [[]];
  for (const part of draft.pattern) {
    const choices = typeof part === 'string' ? placeholderChoices(part, context) : [[[part]]];
    for (const choice of choices) {
      patterns = patterns.flatMap((before) =>
        choice.map((pattern) => normalPattern([...before, ...pattern])),
      );
      if (patterns.length > PLACEHOLDER_VALUES_MAX) throw tooManyValues(context);
    }
  }
  return patterns.map((pattern) => ({ ...draft, pattern }));
}

/** Most values one value with placeholders becomes. */
export const PLACEHOLDER_VALUES_MAX = 50_000;

/** The pieces of a text, each with what may stand there. */
function placeholderChoices(text: string, context: ModifierContext): Pattern[][] {
  const choices: Pattern[][] = [];
  let at = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    choices.push([[unescapePercent(text.slice(at, match.index))]]);
    choices.push(listOf(match, context)?.map((value) => parsePattern(value)) ?? [[match[0]]]);
    at = match.index + match[0].length;
  }
  choices.push([[unescapePercent(text.slice(at))]]);
  return choices;
}

function unescapePercent(text: string): string {
  return text.replaceAll('\\%', '%');
}
