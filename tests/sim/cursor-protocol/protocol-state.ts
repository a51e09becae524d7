import type { WindowGroup } from '@tocsin/correlation/window-group.ts';

/** One event as its sender gives it. */
export interface ModelEvent {
  /** The client's own id; else the id derives from frame and ordinal. */
  readonly clientId?: string;
  readonly at: number;
  /** Whose window it counts in; two groups may belong to one person. */
  readonly group: string;
  /** Does the rule match it? */
  readonly matches: boolean;
}

/** A frame of one source: what one accepted request becomes. */
export interface ModelFrame {
  readonly source: string;
  readonly events: readonly ModelEvent[];
}

/** An alert in absolute values. */
export interface ModelAlert {
  readonly alertId: string;
  readonly revision: number;
  readonly group: string;
  readonly eventIds: readonly string[];
}

/** What an alert row became part of. */
export interface AlertRow {
  readonly alert: ModelAlert;
  readonly incidentId: string;
}

/** A number per source: 0 when absent. */
export type Offsets = Readonly<Record<string, number>>;

/** The windows with the offsets they have applied: one thing, captured and restored together. */
export interface Windows {
  readonly groups: ReadonlyMap<string, WindowGroup>;
  readonly applied: Offsets;
}

/** Rows with the offsets they go up to: one transaction makes both durable. */
export interface Rows {
  readonly ids: readonly string[];
  /** Ordinals whose id had come before, by frame: so that a second look decides as the first. */
  readonly repeats: Readonly<Record<string, readonly number[]>>;
  readonly applied: Offsets;
}

/** What a power cut leaves. */
export interface Durable {
  /** The frames of each source: the offset of the first is 1. What is here was acknowledged. */
  readonly log: Readonly<Record<string, readonly ModelFrame[]>>;
  readonly cursor: Offsets;
  readonly archive: ReadonlySet<string>;
  readonly rows: Rows;
  readonly checkpoint: Windows;
  readonly alertLog: readonly ModelAlert[];
  readonly correlateCursor: number;
  readonly alertRows: ReadonlyMap<string, AlertRow>;
  /** Open cases, by incident. */
  readonly cases: readonly { readonly incidentId: string }[];
  readonly outbox: readonly string[];
  /** Ids of messages on the notification topic; consumers ignore an id they have seen. */
  readonly notified: readonly string[];
}

/** How far a barrier is. */
export interface Barrier {
  /** What it makes durable: captured while no frame was taken. */
  readonly archive: readonly string[];
  readonly rows: Rows;
  readonly windows: Windows;
  readonly positions: Offsets;
  readonly archived: boolean;
  /** Rows are in, offsets too. */
  readonly rolled: boolean;
  /** Only in a broken protocol: rows are in, offsets not yet. */
  readonly halfRolled: boolean;
  readonly checkpointed: boolean;
}

/** What the data process has in memory. */
export interface DataMemory {
  readonly read: Offsets;
  readonly archive: readonly string[];
  /** Rows that are searchable, with what is durable below them. */
  readonly hot: Rows;
  readonly windows: Windows;
  /** Newest state of alerts whose update is held back. */
  readonly held: ReadonlyMap<string, ModelAlert>;
  /** Alerts that are being published. */
  readonly sending: readonly ModelAlert[];
  /** True while a barrier waits for `sending`: no frame is taken. */
  readonly pausing: boolean;
  readonly barrier: Barrier | undefined;
  /** Only in a broken protocol: ids given in the order of reading. */
  readonly readEvents: number;
}

/** What the control process has in memory. */
export interface ControlMemory {
  readonly read: number;
  /** Only in a broken protocol: what it still means to write or to say. */
  readonly casesToOpen: readonly string[];
  readonly toNotify: readonly string[];
}

/** The whole system. */
export interface ModelState {
  /** What clients have not sent, or not got an answer for. */
  readonly waiting: readonly ModelFrame[];
  readonly durable: Durable;
  readonly data: DataMemory;
  readonly control: ControlMemory;
  readonly crashes: number;
}

const NO_ROWS: Rows = { ids: [], repeats: {}, applied: {} };
const NO_WINDOWS: Windows = { groups: new Map(), applied: {} };

/** The system before the first frame. */
export function initialState(frames: readonly ModelFrame[]): ModelState {
  const durable: Durable = {
    log: {},
    cursor: {},
    archive: new Set(),
    rows: NO_ROWS,
    checkpoint: NO_WINDOWS,
    alertLog: [],
    correlateCursor: 0,
    alertRows: new Map(),
    cases: [],
    outbox: [],
    notified: [],
  };
  return {
    waiting: frames,
    durable,
    data: openedData(durable, 0),
    control: openedControl(durable),
    crashes: 0,
  };
}

/** The memory of a data process that has just opened what is durable. */
export function openedData(durable: Durable, readEvents: number): DataMemory {
  return {
    read: durable.cursor,
    archive: [],
    hot: { ...NO_ROWS, applied: durable.rows.applied },
    windows: durable.checkpoint,
    held: new Map(),
    sending: [],
    pausing: false,
    barrier: undefined,
    readEvents,
  };
}

/** The memory of a control process that has just started. */
export function openedControl(durable: Durable): ControlMemory {
  return { read: durable.correlateCursor, casesToOpen: [], toNotify: [] };
}
