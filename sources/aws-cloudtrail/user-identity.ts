import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { JsonRecord } from '../source.ts';
import { textOf } from '../text-member.ts';

/**
 * Sets the actor by `userIdentity.type` (CloudTrail user guide, userIdentity element): the IAM user, root, the role
 * behind an assumed role with its session as name, or the service that called.
 */
export function setIdentity(event: NormalizedEvent, userIdentity: unknown): void {
  if (typeof userIdentity !== 'object' || userIdentity === null) return;
  const identity = userIdentity as JsonRecord;
  const type = identity.type;
  const invoker = textOf(identity.invokedBy);
  if (type === 'AWSService' || (type === undefined && invoker !== '')) {
    setActor(event, 'service', invoker, invoker);
  } else if (type === 'Root') {
    setActor(event, 'user', textOf(identity.arn) || 'root', 'root');
  } else if (type === 'AssumedRole') {
    setRole(event, identity);
  } else {
    const name = textOf(identity.userName);
    const id = textOf(identity.arn ?? identity.principalId ?? identity.accountId);
    setActor(event, 'user', id || name, name || id);
  }
}

/** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`: sessions come and go, so the role is the id. */
function setRole(event: NormalizedEvent, identity: JsonRecord): void {
  const arn = textOf(identity.arn);
  const context = identity.sessionContext;
  const issuer =
    typeof context === 'object' && context !== null
      ? (context as JsonRecord).sessionIssuer
      : undefined;
  const role =
    typeof issuer === 'object' && issuer !== null
      ? textOf((issuer as JsonRecord).arn ?? (issuer as JsonRecord).userName)
      : '';
  const session = arn.slice(arn.lastIndexOf('/') + 1);
  setActor(event, 'user', role || arn || textOf(identity.principalId), session || role);
}

function setActor(
  event: NormalizedEvent,
  type: 'user' | 'service',
  id: string,
  name: string,
): void {
  if (id === '' && name === '') return;
  event.actorType = type;
  event.actorId = id || name;
  event.actorName = name || id;
}
