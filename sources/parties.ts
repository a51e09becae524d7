import type { ActorType, NormalizedEvent, TargetType } from '@tocsin/contracts/normalized-event.ts';

/** Who did it, where the log has one text for name and id. */
export function setActor(event: NormalizedEvent, type: ActorType, id: string): void {
  event.actorType = type;
  event.actorId = id;
  event.actorName = id;
}

/** To what it was done, where the log has one text for name and id. */
export function setTarget(event: NormalizedEvent, type: TargetType, id: string): void {
  event.targetType = type;
  event.targetId = id;
  event.targetName = id;
}
