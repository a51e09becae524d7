import type { Sample } from '../sample.ts';

const SESSION = {
  timestamp: '2026-03-02T08:15:30.250719Z',
  session: 'a1b2c3d4e5f6',
  src_ip: '203.0.113.40',
  sensor: 'trap-1',
};

function log(eventid: string, members: object = {}): string {
  return JSON.stringify({ eventid: `cowrie.${eventid}`, ...SESSION, ...members });
}

export const samples: readonly Sample[] = [
  {
    name: 'maps a failed login as one that is counted',
    line: log('login.failed', {
      username: 'root',
      password: 'hollow',
      message: 'login attempt [root/hollow] failed',
    }),
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      category: 'auth',
      action: 'login',
      outcome: 'failure',
      severity: 3,
      sourceSystem: 'cowrie',
      sourceIntegration: 'cowrie',
      sourceHost: 'trap-1',
      actorType: 'user',
      actorId: 'root',
      targetType: 'asset',
      targetId: 'trap-1',
      srcIp: '203.0.113.40',
      message: 'login attempt [root/hollow] failed',
      attributes: { session: 'a1b2c3d4e5f6' },
      logsources: [],
    },
  },
  {
    name: 'takes a login that worked for grave: nobody belongs there',
    line: log('login.success', { username: 'admin' }),
    expected: { category: 'auth', action: 'login', outcome: 'success', severity: 6 },
  },
  {
    name: 'maps a command',
    line: log('command.input', { input: 'uname -a', message: 'CMD: uname -a' }),
    expected: {
      category: 'endpoint',
      action: 'command',
      outcome: 'success',
      severity: 6,
      actorType: 'device',
      actorId: '203.0.113.40',
      message: 'CMD: uname -a',
    },
  },
  {
    name: 'maps a command that the trap does not know',
    line: log('command.failed', { input: 'hollowctl' }),
    expected: { action: 'command', outcome: 'failure', message: 'command.failed' },
  },
  {
    name: 'maps a download',
    line: log('session.file_download', { url: 'http://198.51.100.9/x', shasum: 'ab12' }),
    expected: { category: 'endpoint', action: 'download', outcome: 'success', severity: 8 },
  },
  {
    name: 'maps a download that failed',
    line: log('session.file_download.failed', { url: 'http://198.51.100.9/x' }),
    expected: { action: 'download', outcome: 'failure', severity: 6 },
  },
  {
    name: 'maps an upload',
    line: log('session.file_upload', { filename: 'x.sh' }),
    expected: { action: 'upload', severity: 8 },
  },
  {
    name: 'maps a tunnel with its far end',
    line: log('direct-tcpip.request', { dst_ip: '198.51.100.9', dst_port: 25 }),
    expected: { category: 'network', action: 'tunnel', dstIp: '198.51.100.9', severity: 5 },
  },
  {
    name: 'keeps the name of any other kind',
    line: log('session.connect', { protocol: 'ssh' }),
    expected: { category: 'network', action: 'session.connect', severity: 2, outcome: '' },
  },
  {
    name: 'takes the host of the sender when there is no sensor',
    line: '{"eventid":"cowrie.session.closed","timestamp":"2026-03-02T08:15:30Z"}',
    host: 'trap-2',
    expected: { sourceHost: 'trap-2', targetId: 'trap-2', actorType: '' },
  },
  {
    name: 'is not misled by members of a wrong type',
    line: '{"eventid":"cowrie.login.failed","timestamp":[],"username":{},"src_ip":"x; drop","message":7,"sensor":null}',
    expected: {
      actorType: '',
      srcIp: '',
      message: 'login.failed',
      parseStatus: 'partial',
      parseError: 'no_timestamp',
    },
  },
];
