/** Where a command writes: results to standard output, all that is said on the way to standard error. */
export interface Terminal {
  /** True when `--json` was given: results are one JSON document, and nothing else goes to standard output. */
  readonly json: boolean;
  readonly colour: boolean;
  /** True when a person watches standard error: progress may redraw its line. */
  readonly live: boolean;
  /** Prints the result: `value` as JSON, or the text of `readable`. */
  result(value: unknown, readable: () => string): void;
  note(text: string): void;
  /** Redraws one progress line; `''` ends it. Does nothing where nobody watches. */
  progress(text: string): void;
}

/** The terminal of this process. */
export function openTerminal(json: boolean): Terminal {
  const live = process.stderr.isTTY === true && process.env.TERM !== 'dumb';
  return {
    json,
    live,
    colour: live && (process.env.NO_COLOR ?? '') === '',
    result(value, readable) {
      process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${readable()}\n`);
    },
    note(text) {
      process.stderr.write(`${text}\n`);
    },
    progress(text) {
      if (live) process.stderr.write(`\r\u001b[K${text}`);
    },
  };
}
