import { Problem } from '@tocsin/kernel/problem.ts';
import { RESIDENCY_UNSPECIFIED } from './tenant.ts';

/**
 * Refuses a tenant whose data must stay where this installation's storage is not (Resolution 28): binding it to
 * storage is what creating it does. An installation that does not say where it is checks nothing.
 *
 * @param places where this installation stores data; empty when nobody said
 * @throws Problem `conflict`
 */
export function checkResidency(places: readonly string[], label: string | undefined): void {
  if (label === undefined || label === RESIDENCY_UNSPECIFIED) return;
  if (places.length === 0 || places.includes(label)) return;
  throw new Problem('conflict', {
    detail: `data of this tenant must stay in ${label}, and this installation stores data in ${places.join(', ')}: use an installation there`,
    errors: [{ pointer: '/data_residency', detail: `is none of ${places.join(', ')}` }],
  });
}
