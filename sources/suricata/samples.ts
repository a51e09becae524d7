import type { Sample } from '../sample.ts';

const FLOW = {
  timestamp: '2026-03-02T08:15:30.250719+0000',
  flow_id: 1_203_441_876_554_123,
  in_iface: 'eth1',
  src_ip: '203.0.113.40',
  src_port: 50514,
  dest_ip: '10.20.1.14',
  dest_port: 445,
  proto: 'TCP',
  host: 'sensor-1',
};

function eve(event_type: string, members: object = {}): string {
  return JSON.stringify({ ...FLOW, event_type, ...members });
}

function alert(members: object): string {
  const signature = 'HOLLOW Exploit of a file share';
  return eve('alert', {
    alert: { action: 'allowed', gid: 1, signature_id: 9_000_001, rev: 2, signature, ...members },
  });
}

export const samples: readonly Sample[] = [
  {
    name: 'maps an alert to network, with its signature as message',
    line: alert({ category: 'Attempted Administrator Privilege Gain', severity: 1 }),
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      category: 'network',
      action: 'alert',
      outcome: 'success',
      severity: 8,
      sourceSystem: 'suricata',
      sourceIntegration: 'suricata',
      sourceHost: 'sensor-1',
      actorType: 'device',
      actorId: '203.0.113.40',
      targetType: 'asset',
      targetId: '10.20.1.14',
      srcIp: '203.0.113.40',
      dstIp: '10.20.1.14',
      message: 'HOLLOW Exploit of a file share',
      attributes: { dest_port: 445 },
      logsources: [],
    },
  },
  ...(
    [
      [2, 5],
      [3, 2],
      [4, 1],
      [255, 2],
      ['1', 2],
    ] as const
  ).map(([severity, expected]) => ({
    name: `gives an alert of severity ${JSON.stringify(severity)} the severity ${expected} (Resolution 3)`,
    line: alert({ severity }),
    expected: { severity: expected },
  })),
  {
    name: 'says of a dropped packet that it failed',
    line: alert({ severity: 2, action: 'blocked' }),
    expected: { outcome: 'failure' },
  },
  {
    name: 'maps a query of names',
    line: eve('dns', { dns: { type: 'query', rrname: 'updates.hollow.example', rrtype: 'A' } }),
    expected: {
      action: 'dns',
      severity: 1,
      outcome: '',
      message: 'dns 203.0.113.40 -> 10.20.1.14 updates.hollow.example',
    },
  },
  {
    name: 'maps a web request',
    line: eve('http', {
      http: { hostname: 'intranet.hollow.example', url: '/login', status: 200 },
    }),
    expected: { action: 'http', message: 'http 203.0.113.40 -> 10.20.1.14 /login' },
  },
  {
    name: 'maps an anomaly as odd',
    line: eve('anomaly', { anomaly: { type: 'decode', event: 'decoder.ipv4.trunc_pkt' } }),
    expected: { action: 'anomaly', severity: 2 },
  },
  {
    name: 'knows statistics, which have no flow',
    line: '{"timestamp":"2026-03-02T08:15:30.250719+0000","event_type":"stats","stats":{"uptime":7}}',
    host: 'sensor-2',
    expected: { action: 'stats', message: 'stats', sourceHost: 'sensor-2', actorType: '' },
  },
  {
    name: 'is not misled by members of a wrong type',
    line: '{"timestamp":"yesterday","event_type":"alert","flow_id":[],"alert":"x","src_ip":7,"dest_ip":{},"host":[]}',
    expected: {
      srcIp: '',
      dstIp: '',
      message: 'alert',
      severity: 2,
      parseStatus: 'partial',
      parseError: 'no_timestamp',
    },
  },
  {
    name: 'does not take a kind named __proto__ for its member',
    line: '{"timestamp":"2026-03-02T08:15:30Z","event_type":"__proto__","flow_id":1}',
    expected: { action: '__proto__', message: '__proto__' },
  },
];
