import { type ModelStep, withData, withDurable } from './model-step.ts';
import type { ProtocolBreak } from './protocol-breaks.ts';
import type { Barrier, ModelState, Rows } from './protocol-state.ts';
import { takeFrame } from './take-frame.ts';

/** A client's frame becomes durable, and with it acknowledged. */
const accept: ModelStep = {
  name: 'accept',
  enabled: ({ waiting }) => waiting.length > 0,
  apply(state) {
    const [frame, ...waiting] = state.waiting;
    if (frame === undefined) return state;
    const before = state.durable.log[frame.source] ?? [];
    const log = { ...state.durable.log, [frame.source]: [...before, frame] };
    return { ...withDurable(state, { log }), waiting };
  },
};

/** The pipeline takes the next frame of a source, unless a barrier waits for its alerts. */
function take(source: string): ModelStep {
  return {
    name: `take ${source}`,
    enabled: ({ data, durable }) =>
      !data.pausing && (data.read[source] ?? 0) < (durable.log[source]?.length ?? 0),
    apply: (state, broken) => takeFrame(state, source, broken),
  };
}

/** The second of a held update is over. */
const due: ModelStep = {
  name: 'due alert',
  enabled: ({ data }) => data.held.size > 0,
  apply(state) {
    const held = new Map(state.data.held);
    const [first] = held;
    if (first === undefined) return state;
    held.delete(first[0]);
    return withData(state, { held, sending: [...state.data.sending, first[1]] });
  },
};

/** One alert is durable on its topic. */
const publish: ModelStep = {
  name: 'publish alert',
  enabled: ({ data }) => data.sending.length > 0,
  apply(state) {
    const [first, ...sending] = state.data.sending;
    if (first === undefined) return state;
    const alertLog = [...state.durable.alertLog, first];
    return withData(withDurable(state, { alertLog }), { sending });
  },
};

/** A barrier begins: no frame is taken, held alerts go out. */
const pause: ModelStep = {
  name: 'pause',
  enabled: ({ data }) => !data.pausing && data.barrier === undefined,
  apply(state, broken) {
    const { held, sending } = state.data;
    const out = broken === 'held-dropped' ? sending : [...sending, ...held.values()];
    return withData(state, { pausing: true, held: new Map(), sending: out });
  },
};

/** All alerts are out: what is in memory is cut off, and frames are taken again. */
const cut: ModelStep = {
  name: 'cut',
  enabled: ({ data }, broken) =>
    data.pausing && (data.sending.length === 0 || broken === 'checkpoint-before-alerts'),
  apply(state) {
    const { data } = state;
    const barrier: Barrier = {
      archive: data.archive,
      rows: data.hot,
      windows: data.windows,
      positions: data.read,
      archived: false,
      rolled: false,
      halfRolled: false,
      checkpointed: false,
    };
    const hot: Rows = { ids: [], repeats: {}, applied: data.hot.applied };
    return withData(state, { pausing: false, archive: [], hot, barrier });
  },
};

/** The lines are in the object store. */
const archive = barrierStep(
  'archive',
  (barrier) => !barrier.archived,
  (state, barrier) => {
    const all = new Set([...state.durable.archive, ...barrier.archive]);
    return [withDurable(state, { archive: all }), { archived: true }];
  },
);

/** Rows and offsets are committed in one transaction. */
const roll = barrierStep(
  'roll',
  (barrier, broken) => !barrier.rolled && (barrier.archived || broken === 'roll-before-archive'),
  (state, barrier, broken) => {
    const { rows } = state.durable;
    const ids = [...rows.ids, ...barrier.rows.ids];
    const repeats = { ...rows.repeats, ...barrier.rows.repeats };
    const { applied } = barrier.rows;
    if (broken !== 'offsets-apart') {
      return [withDurable(state, { rows: { ids, repeats, applied } }), { rolled: true }];
    }
    return barrier.halfRolled
      ? [withDurable(state, { rows: { ...rows, applied } }), { rolled: true }]
      : [withDurable(state, { rows: { ...rows, ids, repeats } }), { halfRolled: true }];
  },
);

/** The windows' checkpoint, with the offsets it has applied, replaces the one before it. */
const checkpoint = barrierStep(
  'checkpoint',
  (barrier) => !barrier.checkpointed,
  (state, barrier, broken) => {
    const applied =
      broken === 'checkpoint-offsets-later' ? state.data.windows.applied : barrier.windows.applied;
    const next = { groups: barrier.windows.groups, applied };
    return [withDurable(state, { checkpoint: next }), { checkpointed: true }];
  },
);

/** Everything up to the cut is durable: the cursor moves to it. */
const commit: ModelStep = {
  name: 'commit cursor',
  enabled({ data: { barrier } }, broken) {
    if (barrier === undefined) return false;
    const archived = barrier.archived || broken === 'cursor-before-archive';
    const rolled =
      barrier.rolled || broken === 'cursor-before-roll' || broken === 'cursor-before-archive';
    return archived && rolled && (barrier.checkpointed || broken === 'cursor-before-checkpoint');
  },
  apply(state) {
    const { barrier } = state.data;
    if (barrier === undefined) return state;
    const moved = withDurable(state, { cursor: barrier.positions });
    const done = barrier.archived && barrier.rolled && barrier.checkpointed;
    // A broken order commits first and goes on with the rest afterwards.
    return done ? withData(moved, { barrier: undefined }) : moved;
  },
};

function barrierStep(
  name: string,
  enabled: (barrier: Barrier, broken: ProtocolBreak | undefined) => boolean,
  apply: (
    state: ModelState,
    barrier: Barrier,
    broken: ProtocolBreak | undefined,
  ) => [ModelState, Partial<Barrier>],
): ModelStep {
  return {
    name,
    enabled: ({ data: { barrier } }, broken) => barrier !== undefined && enabled(barrier, broken),
    apply(state, broken) {
      const { barrier } = state.data;
      if (barrier === undefined) return state;
      const [next, change] = apply(state, barrier, broken);
      return withData(next, { barrier: { ...barrier, ...change } });
    },
  };
}

/** The steps of clients and of the data process. */
export function dataSteps(sources: readonly string[]): readonly ModelStep[] {
  return [
    accept,
    ...sources.map((source) => take(source)),
    due,
    publish,
    pause,
    cut,
    archive,
    roll,
    checkpoint,
    commit,
  ];
}
