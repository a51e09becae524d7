import type { Sample } from '../sample.ts';

const FLOW = {
  uid: 'CXw4Qe1fM2kPz90aa1',
  'id.orig_h': '10.20.1.14',
  'id.orig_p': 50514,
  'id.resp_h': '203.0.113.40',
  'id.resp_p': 443,
};

function log(path: string, members: object): string {
  return JSON.stringify({ _path: path, ts: '2026-03-02T08:15:30.250719Z', ...FLOW, ...members });
}

export const samples: readonly Sample[] = [
  {
    name: 'maps a connection to network, orig to resp',
    line: log('conn', { proto: 'tcp', conn_state: 'SF', orig_bytes: 512, resp_bytes: 9000 }),
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      category: 'network',
      action: 'conn',
      severity: 1,
      sourceSystem: 'zeek',
      sourceIntegration: 'zeek',
      actorType: 'device',
      actorId: '10.20.1.14',
      targetType: 'asset',
      targetId: '203.0.113.40',
      srcIp: '10.20.1.14',
      dstIp: '203.0.113.40',
      message: 'conn 10.20.1.14 -> 203.0.113.40 SF',
      attributes: { 'id.resp_p': 443 },
      logsources: ['zeek//conn'],
    },
  },
  {
    name: 'states the dns category for dns, whose rules use its member names',
    line: log('dns', { query: 'updates.hollow.example', qtype_name: 'A', answers: ['192.0.2.7'] }),
    expected: {
      action: 'dns',
      message: 'dns 10.20.1.14 -> 203.0.113.40 updates.hollow.example',
      logsources: ['zeek/dns/dns'],
    },
  },
  {
    name: 'maps a web request',
    line: log('http', {
      method: 'GET',
      host: 'intranet.hollow.example',
      uri: '/login',
      status_code: 200,
    }),
    expected: { action: 'http', logsources: ['zeek//http'] },
  },
  {
    name: 'maps a TLS session',
    line: log('ssl', { version: 'TLSv13', server_name: 'mail.hollow.example', established: true }),
    expected: {
      message: 'ssl 10.20.1.14 -> 203.0.113.40 mail.hollow.example',
      logsources: ['zeek//ssl'],
    },
  },
  {
    name: 'maps a file',
    line: JSON.stringify({
      _path: 'files',
      ts: 1_772_439_330.25,
      fuid: 'FfH1o11pKQ',
      mime_type: 'application/x-dosexec',
    }),
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      action: 'files',
      actorType: '',
      logsources: ['zeek//files'],
    },
  },
  {
    name: 'gives a notice a severity of its own',
    line: log('notice', { note: 'Scan::Port_Scan', msg: '10.20.1.14 scanned 40 ports' }),
    expected: { action: 'notice', severity: 5, logsources: ['zeek//notice'] },
  },
  {
    name: 'takes the user a protocol names as actor',
    line: log('ntlm', { username: 'mira.voss', hostname: 'WS-0142', success: false }),
    expected: { actorType: 'user', actorId: 'mira.voss', outcome: 'failure' },
  },
  {
    name: 'does not take the client program of ssh for a user',
    line: log('ssh', { client: 'SSH-2.0-OpenSSH_9.6', auth_success: true, direction: 'INBOUND' }),
    expected: { actorType: 'device', actorId: '10.20.1.14', outcome: 'success' },
  },
  {
    name: 'takes the principal of kerberos for the actor',
    line: log('kerberos', { request_type: 'TGS', client: 'mira/HOLLOW', service: 'cifs/fs-1' }),
    expected: { actorType: 'user', actorId: 'mira/HOLLOW' },
  },
  {
    name: 'reads streams that are named by an at sign',
    line: '{"@stream":"conn","@system":"sensor-1","@proc":"zeek","ts":1772439330,"id_orig_h":"10.20.1.14","id_resp_h":"203.0.113.40"}',
    expected: {
      action: 'conn',
      sourceHost: 'sensor-1',
      srcIp: '10.20.1.14',
      dstIp: '203.0.113.40',
      logsources: ['zeek//conn'],
    },
  },
  {
    name: 'knows a record without a path by its members',
    line: JSON.stringify({ ts: 1_772_439_330, ...FLOW, proto: 'tcp', conn_state: 'S0' }),
    expected: { action: 'conn', logsources: ['zeek//conn'] },
  },
  {
    name: 'keeps the name of a stream it does not know',
    line: log('hollow_custom', {}),
    expected: { action: 'hollow_custom', logsources: [] },
  },
  {
    name: 'says so when the time cannot be read',
    line: JSON.stringify({ _path: 'conn', ts: 'yesterday', ...FLOW }),
    expected: { parseStatus: 'partial', parseError: 'no_timestamp' },
  },
  {
    name: 'keeps what is no address out of the address columns',
    line: JSON.stringify({
      _path: 'conn',
      ts: 1_772_439_330,
      'id.orig_h': 'x; drop',
      'id.resp_h': 5,
    }),
    expected: { srcIp: '', dstIp: '', targetType: '' },
  },
];
