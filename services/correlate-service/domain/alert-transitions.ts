import type { AlertStatus } from '@tocsin/contracts/alert.ts';
import type { TransitionTable } from '@tocsin/kernel/transition.ts';

/** How people may move an alert (Resolution 8). From an end it goes back to `new` only: the explicit reopening. */
export const ALERT_TRANSITIONS: TransitionTable<AlertStatus> = {
  new: ['acknowledged', 'investigating', 'resolved', 'false_positive'],
  acknowledged: ['investigating', 'resolved', 'false_positive'],
  investigating: ['acknowledged', 'resolved', 'false_positive'],
  resolved: ['new', 'false_positive'],
  false_positive: ['new'],
};
