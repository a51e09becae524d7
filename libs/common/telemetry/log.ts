import type { Clock } from '@tocsin/kernel/clock.ts';
import { pino } from 'pino';
import { printPretty } from './pretty.ts';
import { redact } from './redact.ts';

/** From noisy to silent. `error`: someone must act. `warn`: degraded. `info`: a change of state. `debug`: off by default. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a line may say beside its message. The named keys are those of B-010 and Resolution 26. */
export interface LogFields {
  readonly request_id?: string;
  readonly trace_id?: string;
  readonly tenant_id?: string;
  readonly asset_key?: string;
  /** What was done, as `noun.verb` or an operation id. */
  readonly action?: string;
  /** How it ended: `ok`, `failed`, or an HTTP status. */
  readonly status?: string | number;
  readonly error?: unknown;
  readonly [field: string]: unknown;
}

/** Where parts of the product write lines. `message` is a constant sentence; what varies goes into fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines carry these fields too. */
  child(fields: LogFields): Log;
}

/** How to open a log. */
export interface LogOptions {
  readonly service: string;
  readonly level: LogLevel;
  readonly clock: Clock;
  /** True in a terminal: one short line for people. False: one JSON object a line. */
  readonly pretty: boolean;
  /** Takes whole lines with their newline; standard output when absent. */
  readonly write?: (line: string) => void;
}

/** The keys that every line has, `null` when unknown, in this order after `level` and `timestamp`. */
const EMPTY = {
  service: null,
  request_id: null,
  trace_id: null,
  tenant_id: null,
  asset_key: null,
  action: null,
  status: null,
} as const;

/** What is legal inside a JSON line but moves or hides text on a screen: C1 controls, bidi, separators, zero width. */
const DECEPTIVE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Opens the log of a process. Each line is one JSON object whatever the values hold (line ends, escape sequences
 * and bidirectional marks are escaped); values under secret names, {@link Secret}s, bearer tokens and passwords
 * in URLs are replaced by `[secret]`.
 */
export function openLog(options: LogOptions): Log {
  const sink = options.write ?? standardOutput();
  const write = options.pretty ? (line: string) => sink(printPretty(line)) : sink;
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date(options.clock.now()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
      hooks: { streamWrite: escapeDeceptive },
    },
    { write },
  );
  return logOn(logger, { ...EMPTY, service: options.service });
}

/** A log that says nothing, for tests and tools. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

type Writer = Record<
  'debug' | 'info' | 'warn' | 'error',
  (fields: object, message: string) => void
> & {
  isLevelEnabled(level: string): boolean;
};

function logOn(logger: Writer, bound: Readonly<Record<string, unknown>>): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) => {
      if (!logger.isLevelEnabled(level)) return;
      const merged = fields === undefined ? bound : { ...bound, ...redact(fields) };
      logger[level](merged, redact(message));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => logOn(logger, { ...bound, ...redact(fields) }),
  };
}

function escapeDeceptive(line: string): string {
  return line.replace(
    DECEPTIVE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Written at once, so that the last line before a crash is there. */
function standardOutput(): (line: string) => void {
  const destination = pino.destination({ dest: 1, sync: true });
  return (line) => {
    destination.write(line);
  };
}
