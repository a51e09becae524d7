import type { Category, Logsource, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ipOf } from '../ip-address.ts';
import { newEvent } from '../new-event.ts';
import type { Arrival, JsonRecord, JsonSource } from '../source.ts';
import { messageOf, textOf } from '../text-member.ts';
import { timeOf } from '../timestamp.ts';
import { setIdentity } from './user-identity.ts';

/** Single records of AWS CloudTrail, as one line each. */
export const awsCloudtrail: JsonSource = {
  reads: 'json',
  id: 'aws-cloudtrail',
  hints: ['aws-cloudtrail', 'aws_cloudtrail', 'cloudtrail'],
  claims: (record) =>
    typeof record.eventName === 'string' &&
    typeof record.eventSource === 'string' &&
    record.eventSource.endsWith('.amazonaws.com'),
  map,
};

const LOGSOURCES: readonly Logsource[] = [{ product: 'aws', category: '', service: 'cloudtrail' }];
/** Services whose calls are logins and sessions (design notes: they are `auth` before they are `cloud`). */
const AUTH_SERVICES: ReadonlySet<string> = new Set([
  'signin.amazonaws.com',
  'sso.amazonaws.com',
  'sts.amazonaws.com',
]);

function map(record: JsonRecord, line: string, arrival: Arrival): NormalizedEvent {
  const category = categoryOf(record);
  const event = newEvent('aws-cloudtrail', 'aws', category, arrival.receivedAt, record, line);
  const time = timeOf(record.eventTime);
  if (!Number.isNaN(time)) event.timestamp = time;
  else if (record.eventTime !== undefined) {
    event.parseStatus = 'partial';
    event.parseError = 'bad_timestamp';
  }
  const name = textOf(record.eventName);
  event.action = name === 'ConsoleLogin' ? 'login' : name;
  event.outcome = outcomeOf(record);
  event.severity = event.outcome === 'failure' ? 3 : 1;
  event.sourceHost = arrival.host;
  event.srcIp = ipOf(record.sourceIPAddress);
  setIdentity(event, record.userIdentity);
  setTarget(event, record);
  event.logsources = LOGSOURCES;
  const error = textOf(record.errorCode);
  event.message = messageOf(
    `${textOf(record.eventSource)} ${name} by ${event.actorName}${error === '' ? '' : `: ${error}`}`,
  );
  return event;
}

function categoryOf(record: JsonRecord): Category {
  const service = record.eventSource;
  return typeof service === 'string' && AUTH_SERVICES.has(service) ? 'auth' : 'cloud';
}

/** An error code is a failure; a console login says so in its answer. */
function outcomeOf(record: JsonRecord): 'success' | 'failure' {
  const answer = record.responseElements;
  if (typeof answer === 'object' && answer !== null) {
    const login = (answer as JsonRecord).ConsoleLogin;
    if (login === 'Failure') return 'failure';
  }
  return textOf(record.errorCode) === '' ? 'success' : 'failure';
}

/** The first resource the record names, else the service that was called. */
function setTarget(event: NormalizedEvent, record: JsonRecord): void {
  const resources = record.resources;
  const first: unknown = Array.isArray(resources) ? resources[0] : undefined;
  const arn =
    typeof first === 'object' && first !== null
      ? textOf((first as JsonRecord).ARN ?? (first as JsonRecord).arn)
      : '';
  event.targetType = arn === '' ? 'service' : 'workload';
  event.targetId = arn === '' ? textOf(record.eventSource) : arn;
  event.targetName = event.targetId;
}
