import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { type Log, type LogLevel, openLog } from '@tocsin/telemetry/log.ts';
import { printPretty } from '@tocsin/telemetry/pretty.ts';

/** Longest line of a child that is passed on; the rest of a longer one is dropped and marked. */
export const LOG_LINE_LENGTH_MAX = 64 * 1024;

/** How the one log stream is shown: short lines for a terminal, or one JSON object a line. */
export type LogFormat = 'pretty' | 'json';

/** The one log of the product: the supervisor's own lines and those of its children. */
export interface LogStream {
  /** The supervisor's own. */
  readonly own: Log;
  /** Takes bytes of a child's output. UNTRUSTED: it may echo what attackers sent. */
  feed(service: string, channel: 'stdout' | 'stderr'): (bytes: Buffer) => void;
}

/** What to do with each line. */
export interface LogStreamOptions {
  readonly format: LogFormat;
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly colour: boolean;
  /** Takes a whole line with its end, and the level it was logged at. */
  readonly sink: (line: string, level: string) => void;
}

/** Opens the log stream. Children log JSON; what is not JSON (a crash's last words) is wrapped as an entry. */
export function openLogStream(options: LogStreamOptions): LogStream {
  const { clock, format, sink, colour } = options;
  const emit = (json: string, level: string): void =>
    sink(format === 'pretty' ? printPretty(json, colour) : `${json.trimEnd()}\n`, level);
  const own = openLog({
    service: 'supervisor',
    level: options.level,
    clock,
    pretty: false,
    write: (line) => emit(line, levelOf(line)),
  });
  return {
    own,
    feed(service, channel) {
      const level = channel === 'stderr' ? 'error' : 'info';
      return splitLines((lines) => {
        let words: string[] = [];
        const emitWords = (): void => {
          if (words.length > 0) emit(wrapped(words, service, level, clock), level);
          words = [];
        };
        for (const line of lines) {
          if (!isLogObject(line)) {
            words.push(line);
            continue;
          }
          emitWords();
          emit(line, levelOf(line));
        }
        emitWords();
      });
    },
  };
}

function isLogObject(line: string): boolean {
  if (!line.startsWith('{"level":')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The level stands first in every line our log writes; reading it needs no parse. */
function levelOf(line: string): string {
  return /^\{"level":"([a-z]+)"/.exec(line)?.[1] ?? 'info';
}

/** Lines that came together, such as a stack, are one entry. */
function wrapped(lines: readonly string[], service: string, level: string, clock: Clock): string {
  const timestamp = new Date(clock.now()).toISOString();
  const [message, ...more] = lines;
  const rest = more.length === 0 ? {} : { more: more.join('\n') };
  return JSON.stringify({ level, timestamp, service, message, ...rest });
}

/** Cuts a byte stream into lines; keeps characters whole that straddle two chunks. */
function splitLines(take: (lines: readonly string[]) => void): (bytes: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (bytes) => {
    const parts = (rest + decoder.write(bytes)).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LOG_LINE_LENGTH_MAX) {
      parts.push(`${rest.slice(0, LOG_LINE_LENGTH_MAX)} [cut]`);
      rest = '';
    }
    const lines = parts.filter((part) => part.trim() !== '');
    if (lines.length > 0) take(lines);
  };
}
