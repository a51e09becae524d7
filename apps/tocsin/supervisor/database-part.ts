import type { ProcessReport } from './managed-process.ts';

/** PostgreSQL as the supervisor sees it: the bundled server, or one that somebody else runs. */
export interface DatabasePart {
  /**
   * Starts or reaches the server, brings the schema up to date and writes `database.json` for the other processes.
   * `moved` is called whenever that file has changed later.
   *
   * @throws Problem `unavailable` when it cannot
   */
  open(moved: () => void): Promise<void>;
  /** Writes tables anew, so that deleted rows are in no file any more. */
  compact(): Promise<void>;
  report(): readonly ProcessReport[];
  close(mode: 'fast' | 'immediate'): Promise<void>;
}
