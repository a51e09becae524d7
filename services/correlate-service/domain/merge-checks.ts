import type { IncidentStatus } from '@tocsin/contracts/incident.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { isOpenIncident } from './incident-transitions.ts';

/** Most incidents that one request merges into another. */
export const MERGE_SOURCES_MAX = 20;

interface Mergeable {
  readonly incident_id: string;
  readonly status: IncidentStatus;
  readonly merged_into: string | null;
}

/** @throws Problem `conflict` when the incident is a part of another: it is changed there, or unmerged first */
export function checkUnmerged({ incident_id, merged_into }: Mergeable): void {
  if (merged_into === null) return;
  throw new Problem('conflict', {
    detail: `the incident ${incident_id} was merged into ${merged_into}: change that one, or unmerge this one first`,
    members: { merged_into },
  });
}

/** @throws Problem `conflict` unless both are whole and the target takes alerts */
export function checkMerge(target: Mergeable, source: Mergeable): void {
  checkUnmerged(target);
  checkUnmerged(source);
  if (isOpenIncident(target.status)) return;
  throw new Problem('conflict', {
    detail: `the incident ${target.incident_id} is ${target.status}: reopen it before others are merged into it`,
  });
}
