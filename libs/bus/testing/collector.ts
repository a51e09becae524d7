import type { Assignment, LogEntry, LogHandler } from '../event-bus.ts';

/** A log handler for tests: remembers what it was given and lets a test wait for it. */
export class Collector implements LogHandler {
  readonly entries: LogEntry[] = [];
  assignment: Assignment | undefined;
  /** Called before an entry is remembered; may throw. */
  readonly #inspect: (entry: LogEntry) => void;
  readonly #commits: boolean;
  #changed: () => void = () => undefined;

  constructor(options: { commits?: boolean; inspect?: (entry: LogEntry) => void } = {}) {
    this.#commits = options.commits ?? true;
    this.#inspect = options.inspect ?? (() => undefined);
  }

  /** Texts of all items, in the order they came. */
  get lines(): string[] {
    return this.entries
      .filter(({ frame }) => frame.count > 0)
      .flatMap(({ frame }) => frame.body.toString().split('\n'));
  }

  async assigned(assignment: Assignment): Promise<void> {
    this.assignment = assignment;
  }

  async handle(entries: readonly LogEntry[], assignment: Assignment): Promise<void> {
    for (const entry of entries) this.#inspect(entry);
    this.entries.push(...entries);
    if (this.#commits) {
      const done = entries.filter(({ more }) => more === undefined);
      await assignment.commit(done.map(({ position }) => position));
    }
    this.#changed();
  }

  /** Resolves when the condition holds after some entries. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}
