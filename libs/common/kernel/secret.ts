import { inspect } from 'node:util';

/**
 * Text that must never be printed: a password, key or token. Logs, JSON, templates and `inspect` show `[secret]`;
 * only {@link Secret.reveal} gives the text, so each place that uses it can be found.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself, for the one call that needs it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
