import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { EventRecord } from '../evaluate/event-record.ts';
import { parseEvent } from '../evaluate/parse-event.ts';
import { flattenWindows } from '../mapping/flatten-windows.ts';
import type { RuleFile } from '../rule/load-rules.ts';

/** Where the public rules and their regression data are, when they are. */
export const CORPUS =
  process.env['TOCSIN_CORPUS'] ?? join(import.meta.dirname, '../../../../shared/corpus');

export const hasCorpus: boolean = existsSync(join(CORPUS, 'sigma-rules'));

/** The benchmark's mix of 374,380 events. */
export const MIX: string = join(CORPUS, 'bench/mixed.jsonl.gz');

const RETIRED = /^(?:deprecated|unsupported)\b/;

/** Files of the public rules: those in use, or those that are retired. */
export function corpusFiles(which: 'active' | 'retired'): RuleFile[] {
  const root = join(CORPUS, 'sigma-rules');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml') && RETIRED.test(name) === (which === 'retired'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));
}

/** The events of the benchmark's mix by their ordinals; each is read when it is asked for. */
export class MixedEvents {
  readonly #bytes: Buffer;
  readonly #starts: readonly number[];

  constructor() {
    this.#bytes = gunzipSync(readFileSync(MIX));
    const starts: number[] = [0];
    for (let at = this.#bytes.indexOf(10); at >= 0; at = this.#bytes.indexOf(10, at + 1)) {
      starts.push(at + 1);
    }
    if (starts.at(-1) !== this.#bytes.length) starts.push(this.#bytes.length);
    this.#starts = starts;
  }

  get length(): number {
    return this.#starts.length - 1;
  }

  /** What came in as one event, as it was written. */
  raw(ordinal: number): string {
    const [start, end] = [this.#starts[ordinal], this.#starts[ordinal + 1]];
    return (JSON.parse(this.#bytes.toString('utf8', start, end)) as { raw: string }).raw.trim();
  }

  /** In the shape it came in; a text that is no JSON object as `message`. */
  event(ordinal: number): EventRecord {
    const raw = this.raw(ordinal);
    return parseEvent(raw) ?? { message: raw };
  }
}

/** Every n-th event of the benchmark's mix. */
export function mixedEvents(every: number): EventRecord[] {
  const mix = new MixedEvents();
  const events: EventRecord[] = [];
  for (let number = 0; number < mix.length; number += every) events.push(mix.event(number));
  return events;
}

/** One rule of the regression data and the events it must match. */
export interface RegressionCase {
  readonly ruleId: string;
  readonly rulePath: string;
  readonly matchCount: number;
  readonly events: readonly EventRecord[];
  /** The events as Windows or the device wrote them. */
  readonly windows: boolean;
}

export function regressionCases(): RegressionCase[] {
  const root = join(CORPUS, 'sigma-regression');
  const manifest = JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8'));
  return manifest.entries.map(
    (entry: {
      rule_id: string;
      rule_path: string;
      dir: string;
      files: string[];
      tests: { match_count?: number }[];
    }): RegressionCase => {
      const events: EventRecord[] = [];
      const windows = entry.files.some((file) => file.endsWith('.json'));
      for (const file of entry.files) {
        if (!/\.(?:json|raw)$/.test(file)) continue;
        const text = readFileSync(join(root, entry.dir, file), 'utf8').replace(/^\ufeff/, '');
        if (file.endsWith('.raw')) {
          for (const line of text.split('\n')) if (line !== '') events.push({ message: line });
        } else for (const value of splitObjects(text)) events.push(flattenWindows(value));
      }
      const counts = entry.tests.map((test) => test.match_count ?? 1);
      return {
        ruleId: entry.rule_id,
        rulePath: entry.rule_path,
        matchCount: Math.max(1, ...counts),
        events,
        windows,
      };
    },
  );
}

/** Objects that follow one another without anything between. */
function splitObjects(text: string): EventRecord[] {
  const out: EventRecord[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth === 0) out.push(JSON.parse(text.slice(start, at + 1)));
    }
  }
  return out;
}
