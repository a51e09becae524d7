import type { Sample } from '../sample.ts';

export const samples: readonly Sample[] = [
  {
    name: 'maps the usual names of an application log',
    line: '{"timestamp":"2026-03-02T08:15:30.250Z","level":"error","service":"billing","hostname":"app-3","user":"mira","action":"refund","client_ip":"10.20.1.14","message":"refund refused","outcome":"denied"}',
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      category: 'ops',
      severity: 6,
      action: 'refund',
      outcome: 'failure',
      sourceSystem: 'billing',
      sourceIntegration: 'generic-json',
      sourceHost: 'app-3',
      actorType: 'user',
      actorId: 'mira',
      targetId: 'app-3',
      srcIp: '10.20.1.14',
      message: 'refund refused',
    },
  },
  {
    name: 'takes the time of receipt when none is stated, and that is no fault',
    line: '{"msg":"tick"}',
    expected: { at: '2026-03-02T12:00:00.000Z', message: 'tick', parseStatus: 'ok' },
  },
  {
    name: 'says so when the time cannot be read',
    line: '{"timestamp":"half past nine","msg":"tick"}',
    expected: { parseStatus: 'partial', parseError: 'bad_timestamp' },
  },
  {
    name: 'reads times in seconds',
    line: '{"time":1772439330}',
    expected: { at: '2026-03-02T08:15:30.000Z' },
  },
  {
    name: 'reads times in milliseconds',
    line: '{"ts":1772439330250}',
    expected: { at: '2026-03-02T08:15:30.250Z' },
  },
  {
    name: 'reads times in microseconds given as text',
    line: '{"__REALTIME_TIMESTAMP":"1772439330250719"}',
    expected: { at: '2026-03-02T08:15:30.250Z' },
  },
  {
    name: 'reads an actor given as an object',
    line: '{"actor":{"id":"00u1","alternateId":"mira@hollow.example","displayName":"Mira Voss"}}',
    expected: { actorId: '00u1', actorName: 'Mira Voss', actorEmail: 'mira@hollow.example' },
  },
  {
    name: 'takes a category in our words',
    line: '{"category":"cloud","message":"bucket made public"}',
    expected: { category: 'cloud' },
  },
  {
    name: 'does not take a category in other words',
    line: '{"category":"Administrative"}',
    expected: { category: 'ops' },
  },
  ...(
    [
      ['authentication', 'auth'],
      ['authorization', 'auth'],
      ['network', 'network'],
      ['endpoint', 'endpoint'],
      ['cloud', 'cloud'],
      ['k8s-audit', 'k8s'],
      ['data_access', 'storage'],
      ['application', 'ops'],
      ['anything', 'ops'],
    ] as const
  ).map(
    ([logType, category]): Sample => ({
      name: `maps log_type ${logType} to ${category} (Resolution 2)`,
      line: `{"source":"vpn-1","log_type":"${logType}","severity":"high","message":"m","fields":{"user":"mira","source_ip":"10.20.1.14"}}`,
      expected: {
        category,
        severity: 8,
        sourceSystem: 'vpn-1',
        message: 'm',
        actorId: 'mira',
        srcIp: '10.20.1.14',
      },
    }),
  ),
  {
    name: 'maps a health event that is down (Resolution 2)',
    line: '{"@timestamp":"2026-03-02T08:15:30Z","service":"portal","asset":"web-1","level":"health","status":"down","status_num":0,"code":503,"latency_ms":2000}',
    expected: {
      at: '2026-03-02T08:15:30.000Z',
      category: 'ops',
      action: 'health_check',
      outcome: 'failure',
      severity: 5,
      targetId: 'web-1',
      sourceSystem: 'portal',
      message: 'portal web-1 is down',
    },
  },
  {
    name: 'maps a health event that is up (Resolution 2)',
    line: '{"@timestamp":"2026-03-02T08:15:30Z","service":"portal","asset":"web-1","level":"health","status":"up","code":200}',
    expected: { action: 'health_check', outcome: 'success', severity: 0 },
  },
  {
    name: 'reads what is already ECS, nested',
    line: '{"@timestamp":"2026-03-02T08:15:30.250Z","ecs":{"version":"8.11.0"},"event":{"category":["authentication"],"action":"ssh_login","outcome":"failure","module":"system"},"host":{"name":"bastion-2"},"user":{"name":"root","id":"0"},"source":{"ip":"203.0.113.40"},"message":"Failed password"}',
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      category: 'auth',
      action: 'ssh_login',
      outcome: 'failure',
      sourceSystem: 'system',
      sourceHost: 'bastion-2',
      actorId: '0',
      actorName: 'root',
      srcIp: '203.0.113.40',
      message: 'Failed password',
    },
  },
  {
    name: 'reads what is already ECS, with dots in the names',
    line: '{"@timestamp":"2026-03-02T08:15:30.250Z","ecs.version":"1.2.0","log.level":"WARN","event.category":"process","host.name":"app-3","message":"m"}',
    expected: { category: 'endpoint', severity: 4, sourceHost: 'app-3' },
  },
  {
    name: 'keeps numbers beyond 2^53 exact in the stored text',
    line: '{"flow_id":1859988758741639001,"msg":"m"}',
    expected: { attributesJson: '{"flow_id":1859988758741639001,"msg":"m"}' },
  },
  {
    name: 'does not let __proto__ change anything',
    line: '{"__proto__":{"message":"forged","user":"forged"},"constructor":{"prototype":{"x":1}}}',
    expected: { message: '', actorId: '' },
  },
  {
    name: 'is not misled by members of a wrong type',
    line: '{"timestamp":{},"message":[1],"user":true,"host":[],"severity":{},"action":[],"src_ip":7,"outcome":[]}',
    expected: { message: '', actorId: '', sourceHost: '', action: '', srcIp: '', severity: 1 },
  },
];
