import { type ModelStep, withControl, withDurable } from './model-step.ts';
import type { AlertRow, ModelAlert, ModelState } from './protocol-state.ts';

/** Who an alert is about: the part of its group before the last letter, so that groups share a person. */
export function personOf(alert: ModelAlert): string {
  return alert.group.slice(0, -1);
}

/** One alert of the topic becomes rows: alert, incident, case and outbox in one transaction (design 3.8, 3.9). */
const correlate: ModelStep = {
  name: 'correlate',
  enabled: ({ control, durable }) => control.read < durable.alertLog.length,
  apply(state, broken) {
    const alert = state.durable.alertLog[state.control.read];
    if (alert === undefined) return state;
    const read = withControl(state, { read: state.control.read + 1 });
    const known = state.durable.alertRows.get(alert.alertId);
    if (known === undefined) return created(read, alert, broken);
    if (alert.revision <= known.alert.revision && broken !== 'revision-ignored') return read;
    const alertRows = new Map(state.durable.alertRows).set(alert.alertId, { ...known, alert });
    return withDurable(read, { alertRows });
  },
};

function created(
  state: ModelState,
  alert: ModelAlert,
  broken: Parameters<ModelStep['apply']>[1],
): ModelState {
  const { durable, control } = state;
  const open = [...durable.alertRows.values()].find(
    (row) => personOf(row.alert) === personOf(alert),
  );
  const incidentId = open?.incidentId ?? `incident of ${alert.alertId}`;
  const row: AlertRow = { alert, incidentId };
  const alertRows = new Map(durable.alertRows).set(alert.alertId, row);
  const note = `opened ${alert.alertId}`;
  const opensCase = open === undefined;
  const written = withDurable(state, {
    alertRows,
    cases:
      opensCase && broken !== 'case-beside-commit'
        ? [...durable.cases, { incidentId }]
        : durable.cases,
    outbox: broken === 'notify-beside-commit' ? durable.outbox : [...durable.outbox, note],
  });
  return withControl(written, {
    casesToOpen:
      opensCase && broken === 'case-beside-commit'
        ? [...control.casesToOpen, incidentId]
        : control.casesToOpen,
    toNotify: broken === 'notify-beside-commit' ? [...control.toNotify, note] : control.toNotify,
  });
}

/** The correlator's own cursor moves over what it has written. */
const commitCorrelate: ModelStep = {
  name: 'commit correlate cursor',
  enabled: ({ control, durable }, broken) =>
    durable.correlateCursor <
    (broken === 'correlate-cursor-first' ? durable.alertLog.length : control.read),
  apply: (state, broken) =>
    withDurable(state, {
      correlateCursor:
        broken === 'correlate-cursor-first' ? state.durable.alertLog.length : state.control.read,
    }),
};

/** The relay publishes the first outbox row under its own id. The row stays. */
const relay: ModelStep = {
  name: 'relay outbox',
  enabled: ({ durable }) => durable.outbox.some((id) => !durable.notified.includes(id)),
  apply(state, broken) {
    const id = state.durable.outbox.find((row) => !state.durable.notified.includes(row));
    if (id === undefined) return state;
    if (broken !== 'outbox-dropped-first') {
      return withDurable(state, { notified: [...state.durable.notified, id] });
    }
    const dropped = withDurable(state, {
      outbox: state.durable.outbox.filter((row) => row !== id),
    });
    return withControl(dropped, { toNotify: [...state.control.toNotify, id] });
  },
};

/** What was published is deleted from the outbox. */
const deleteRelayed: ModelStep = {
  name: 'delete outbox row',
  enabled: ({ durable }) => durable.outbox.some((id) => durable.notified.includes(id)),
  apply(state) {
    const id = state.durable.outbox.find((row) => state.durable.notified.includes(row));
    return withDurable(state, { outbox: state.durable.outbox.filter((row) => row !== id) });
  },
};

/** Only in broken protocols: what was put off until after the commit. */
const sayLater: ModelStep = {
  name: 'notify later',
  enabled: ({ control }) => control.toNotify.length > 0,
  apply(state) {
    const [id, ...toNotify] = state.control.toNotify;
    if (id === undefined) return state;
    const said = withDurable(state, { notified: [...state.durable.notified, id] });
    return withControl(said, { toNotify });
  },
};

const openCaseLater: ModelStep = {
  name: 'open case later',
  enabled: ({ control }) => control.casesToOpen.length > 0,
  apply(state) {
    const [incidentId, ...casesToOpen] = state.control.casesToOpen;
    if (incidentId === undefined) return state;
    const opened = withDurable(state, { cases: [...state.durable.cases, { incidentId }] });
    return withControl(opened, { casesToOpen });
  },
};

/** The steps of the control process. */
export const CONTROL_STEPS: readonly ModelStep[] = [
  correlate,
  commitCorrelate,
  relay,
  deleteRelayed,
  sayLater,
  openCaseLater,
];
