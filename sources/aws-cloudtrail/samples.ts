import type { Sample } from '../sample.ts';

function record(members: object): string {
  return JSON.stringify({
    eventVersion: '1.09',
    eventTime: '2026-03-02T08:15:30Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    awsRegion: 'eu-central-1',
    sourceIPAddress: '203.0.113.40',
    userIdentity: {
      type: 'IAMUser',
      arn: 'arn:aws:iam::111122223333:user/mira',
      userName: 'mira',
    },
    ...members,
  });
}

export const samples: readonly Sample[] = [
  {
    name: 'maps a call of the control plane',
    line: record({}),
    expected: {
      at: '2026-03-02T08:15:30.000Z',
      category: 'cloud',
      action: 'CreateUser',
      outcome: 'success',
      sourceSystem: 'aws',
      sourceIntegration: 'aws-cloudtrail',
      actorType: 'user',
      actorId: 'arn:aws:iam::111122223333:user/mira',
      actorName: 'mira',
      targetType: 'service',
      targetId: 'iam.amazonaws.com',
      srcIp: '203.0.113.40',
      message: 'iam.amazonaws.com CreateUser by mira',
      attributes: { eventName: 'CreateUser', awsRegion: 'eu-central-1' },
      logsources: ['aws//cloudtrail'],
    },
  },
  {
    name: 'takes an error code for a failure',
    line: record({ errorCode: 'AccessDenied', errorMessage: 'no' }),
    expected: { outcome: 'failure', severity: 3 },
  },
  {
    name: 'maps a failed console login to auth',
    line: record({
      eventSource: 'signin.amazonaws.com',
      eventName: 'ConsoleLogin',
      responseElements: { ConsoleLogin: 'Failure' },
    }),
    expected: { category: 'auth', action: 'login', outcome: 'failure', actorName: 'mira' },
  },
  {
    name: 'takes the role for the actor of an assumed role, and the session for its name',
    line: record({
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/deploy/build-77',
        sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/deploy' } },
      },
    }),
    expected: { actorId: 'arn:aws:iam::111122223333:role/deploy', actorName: 'build-77' },
  },
  {
    name: 'calls AWS services services, also where an address is expected',
    line: record({
      userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
      sourceIPAddress: 'ec2.amazonaws.com',
    }),
    expected: { actorType: 'service', actorId: 'ec2.amazonaws.com', srcIp: '' },
  },
  {
    name: 'names root root',
    line: record({ userIdentity: { type: 'Root', arn: 'arn:aws:iam::111122223333:root' } }),
    expected: { actorName: 'root', actorId: 'arn:aws:iam::111122223333:root' },
  },
  {
    name: 'takes the first resource for the target',
    line: record({ resources: [{ ARN: 'arn:aws:s3:::hollow-files/a.txt' }] }),
    expected: { targetType: 'workload', targetId: 'arn:aws:s3:::hollow-files/a.txt' },
  },
  {
    name: 'is not misled by members of a wrong type',
    line: record({ userIdentity: 'mira', resources: [null], responseElements: 7, errorCode: {} }),
    expected: { actorId: '', outcome: 'success', targetId: 'iam.amazonaws.com' },
  },
  {
    name: 'says so when the time cannot be read',
    line: record({ eventTime: 'redacted' }),
    expected: { parseStatus: 'partial', parseError: 'bad_timestamp' },
  },
];
