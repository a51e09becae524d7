import type { LogPosition } from '@tocsin/bus/event-bus.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import type { HungItem } from './progress.ts';

/** What the pipeline's thread is started with. */
export interface WorkerOptions {
  /** `<home>/data`. */
  readonly dataFolder: string;
  /** Plan of crashes, for crash tests only; `''` for none. */
  readonly failpoints: string;
  /** Folder of Sigma rules beside those that ship. */
  readonly rulesFolder?: string | undefined;
  /** Steps a Sigma rule may cost an event on average before it is moved off the hot path. */
  readonly sigmaStepsMax?: number | undefined;
  /** Where the thread tells which item it looks at; absent: nowhere. */
  readonly progress?: SharedArrayBuffer;
  /** Items that it hung on before and sets aside. */
  readonly hungItems?: readonly HungItem[];
}

/** What the thread tells once its stores are open. */
export interface WorkerReady {
  /** No usable checkpoint: frames must be read again to fill the windows. */
  readonly windowsLost: boolean;
  /** A damaged day of events was set aside: frames are read again to store what the bus still has of it. */
  readonly daysLost: boolean;
  /** How far back, milliseconds. */
  readonly lookbackMs: number;
}

/** A frame on its way to the thread; its body is transferred. */
export interface SentEntry {
  readonly position: LogPosition;
  /** Of its kind, from 1. */
  readonly number: number;
  readonly replayed: boolean;
  readonly frame: Omit<Frame, 'body'> & { readonly body: Uint8Array<ArrayBuffer> };
}

/** Day files of events that are not whole. */
export interface EventDamage {
  readonly setAside: readonly string[];
  readonly unreadable: readonly string[];
}
