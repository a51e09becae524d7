import { stepWindow } from '@tocsin/correlation/step-window.ts';
import type { WindowRule } from '@tocsin/correlation/window.ts';
import { withData } from './model-step.ts';
import type { ProtocolBreak } from './protocol-breaks.ts';
import type { ModelAlert, ModelFrame, ModelState, Rows, Windows } from './protocol-state.ts';

/** The model's one rule, counted by the product's own step. */
export const MODEL_RULE: WindowRule = { id: 'rule', windowMs: 20, threshold: 3, latenessMs: 15 };

interface NamedEvent {
  readonly id: string;
  readonly at: number;
  readonly group: string;
  readonly matches: boolean;
}

/** Takes the next frame of a source: archive, rows and windows in memory, alerts on their way (design 3.2 to 3.6). */
export function takeFrame(
  state: ModelState,
  source: string,
  broken: ProtocolBreak | undefined,
): ModelState {
  const offset = (state.data.read[source] ?? 0) + 1;
  const frame = state.durable.log[source]?.[offset - 1];
  if (frame === undefined) return state;
  const { data } = state;
  const key = `${source}/${offset}`;
  const known = offset <= (data.hot.applied[source] ?? 0);
  const events = named(frame, offset, data.readEvents, broken);
  const repeats = known ? rememberedRepeats(state, key) : newRepeats(state, events);
  const kept = events.filter((_, ordinal) => !repeats.includes(ordinal));
  const { windows, alerts } = counted(data.windows, source, offset, kept, broken);
  const stores = !known || broken === 'store-ignores-applied';
  const next = withData(state, {
    read: { ...data.read, [source]: offset },
    archive: known ? data.archive : [...data.archive, key],
    hot: stores ? appended(data.hot, source, offset, kept, repeats) : data.hot,
    windows,
    readEvents: data.readEvents + events.length,
  });
  return sendAlerts(next, alerts);
}

/** Event identity: the client's id, else one derived from frame and ordinal, the same on every reading. */
function named(
  frame: ModelFrame,
  offset: number,
  readEvents: number,
  broken: ProtocolBreak | undefined,
): NamedEvent[] {
  return frame.events.map((event, ordinal) => {
    const atAccept = `${frame.source}/${offset}#${ordinal}`;
    const atReading = `read#${readEvents + ordinal}`;
    const derived = broken === 'ids-at-reading' ? atReading : atAccept;
    const group = `${frame.source}:${event.group}`;
    return { id: event.clientId ?? derived, at: event.at, group, matches: event.matches };
  });
}

function rememberedRepeats({ durable, data }: ModelState, key: string): readonly number[] {
  return (
    data.hot.repeats[key] ?? data.barrier?.rows.repeats[key] ?? durable.rows.repeats[key] ?? []
  );
}

function newRepeats({ durable, data }: ModelState, events: readonly NamedEvent[]): number[] {
  const known = new Set([...durable.rows.ids, ...(data.barrier?.rows.ids ?? []), ...data.hot.ids]);
  const repeats: number[] = [];
  for (const [ordinal, { id }] of events.entries()) {
    if (known.has(id)) repeats.push(ordinal);
    known.add(id);
  }
  return repeats;
}

function appended(
  hot: Rows,
  source: string,
  offset: number,
  kept: readonly NamedEvent[],
  repeats: readonly number[],
): Rows {
  return {
    ids: [...hot.ids, ...kept.map((event) => event.id)],
    repeats: { ...hot.repeats, [`${source}/${offset}`]: repeats },
    applied: { ...hot.applied, [source]: offset },
  };
}

/** Counts the matches of a frame that the windows have not applied; gives the changed alerts, newest state each. */
function counted(
  windows: Windows,
  source: string,
  offset: number,
  kept: readonly NamedEvent[],
  broken: ProtocolBreak | undefined,
): { windows: Windows; alerts: readonly { alert: ModelAlert; opened: boolean }[] } {
  const seen = offset <= (windows.applied[source] ?? 0);
  if (seen && broken !== 'windows-ignore-applied') return { windows, alerts: [] };
  const groups = new Map(windows.groups);
  const changed = new Map<string, { alert: ModelAlert; opened: boolean }>();
  for (const { id, at, group, matches } of kept) {
    if (!matches) continue;
    // A second delivery counts again only if nothing remembers the first: the broken variant forgets.
    const eventId =
      broken === 'windows-ignore-applied' ? `${id}@${groups.get(group)?.entries.length ?? 0}` : id;
    const step = stepWindow(MODEL_RULE, groups.get(group), { eventId, at, weight: 1 });
    groups.set(group, step.state);
    const { episode, opened, outcome } = step.result;
    if (episode === undefined || outcome !== 'counted') continue;
    const alertId = `${group}!${episode.openedBy}`;
    const alert = { alertId, revision: episode.revision, group, eventIds: episode.eventIds };
    changed.set(alertId, { alert, opened: opened || (changed.get(alertId)?.opened ?? false) });
  }
  const applied = { ...windows.applied, [source]: offset };
  return { windows: { groups, applied }, alerts: [...changed.values()] };
}

/** A new alert goes out at once, an update is held back. */
function sendAlerts(
  state: ModelState,
  alerts: readonly { alert: ModelAlert; opened: boolean }[],
): ModelState {
  const held = new Map(state.data.held);
  const sending = [...state.data.sending];
  for (const { alert, opened } of alerts) {
    if (opened) sending.push(alert);
    else held.set(alert.alertId, alert);
  }
  return withData(state, { held, sending });
}
