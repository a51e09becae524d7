import type { ModelStep } from './model-step.ts';
import { openedControl, openedData } from './protocol-state.ts';

/** The data process ends at any moment and opens what is durable. */
const crashData: ModelStep = {
  name: 'crash data',
  enabled: () => true,
  apply: (state) => ({
    ...state,
    data: openedData(state.durable, state.data.readEvents),
    crashes: state.crashes + 1,
  }),
};

/** The control process ends at any moment and starts from its cursor. */
const crashControl: ModelStep = {
  name: 'crash control',
  enabled: () => true,
  apply: (state) => ({
    ...state,
    control: openedControl(state.durable),
    crashes: state.crashes + 1,
  }),
};

/** The power goes: every process at once. */
const powerCut: ModelStep = {
  name: 'power cut',
  enabled: () => true,
  apply: (state, broken) => crashControl.apply(crashData.apply(state, broken), broken),
};

/** Every way in which memory is lost. */
export const CRASH_STEPS: readonly ModelStep[] = [crashData, crashControl, powerCut];
