/** Where this package says what it does. A pino logger fits: members first, then one sentence. */
export interface DatabaseLog {
  info(members: object, sentence: string): void;
  warn(members: object, sentence: string): void;
  error(members: object, sentence: string): void;
}

/** A log that says nothing, for tests and tools. */
export const silentLog: DatabaseLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
