import type { ProtocolBreak } from './protocol-breaks.ts';
import type { Durable, ModelState } from './protocol-state.ts';

/** One step of the system: what must hold for it to happen, and what it makes of a state. Pure. */
export interface ModelStep {
  readonly name: string;
  enabled(state: ModelState, broken: ProtocolBreak | undefined): boolean;
  apply(state: ModelState, broken: ProtocolBreak | undefined): ModelState;
}

/** A state with some durable parts changed. */
export function withDurable(state: ModelState, change: Partial<Durable>): ModelState {
  return { ...state, durable: { ...state.durable, ...change } };
}

/** A state with some of the data process's memory changed. */
export function withData(state: ModelState, change: Partial<ModelState['data']>): ModelState {
  return { ...state, data: { ...state.data, ...change } };
}

/** A state with some of the control process's memory changed. */
export function withControl(state: ModelState, change: Partial<ModelState['control']>): ModelState {
  return { ...state, control: { ...state.control, ...change } };
}
