import type { Sample } from '../sample.ts';

const HOST = 'ws-0142.hollow.example';

/** A flat export: event data beside the system members. */
function flat(channel: string, provider: string, id: number, members: object): string {
  return JSON.stringify({
    SourceName: provider,
    Level: '4',
    Keywords: '0x8020000000000000',
    Channel: channel,
    Hostname: HOST,
    TimeCreated: '2026-03-02T08:15:30.250Z',
    '@timestamp': '2026-03-02T08:15:30.250Z',
    EventID: id,
    ...members,
  });
}

function sysmon(id: number, members: object): string {
  const fields = { Keywords: '0x8000000000000000', ...members };
  return flat('Microsoft-Windows-Sysmon/Operational', 'Microsoft-Windows-Sysmon', id, fields);
}

function security(id: number, members: object): string {
  return flat('Security', 'Microsoft-Windows-Security-Auditing', id, members);
}

export const samples: readonly Sample[] = [
  {
    name: 'maps the start of a process by Sysmon',
    line: sysmon(1, {
      Message: 'Process Create:\r\nRuleName: -\r\nUtcTime: 2026-03-02 08:15:30.248',
      UtcTime: '2026-03-02 08:15:30.248',
      Image: 'C:\\Windows\\System32\\whoami.exe',
      CommandLine: 'whoami /priv',
      User: 'HOLLOW\\mira.voss',
      ParentImage: 'C:\\Windows\\System32\\cmd.exe',
    }),
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      category: 'endpoint',
      action: 'process_created',
      outcome: '',
      severity: 1,
      sourceSystem: 'windows',
      sourceIntegration: 'windows',
      sourceHost: HOST,
      actorType: 'user',
      actorId: 'HOLLOW\\mira.voss',
      actorName: 'mira.voss',
      targetType: 'asset',
      targetId: HOST,
      message: 'Process Create: whoami /priv',
      attributes: { Image: 'C:\\Windows\\System32\\whoami.exe', CommandLine: 'whoami /priv' },
      logsources: ['windows/process_creation/sysmon'],
    },
  },
  {
    name: 'calls built-in accounts services',
    line: sysmon(5, { User: 'NT AUTHORITY\\SYSTEM', Image: 'C:\\Windows\\System32\\svchost.exe' }),
    expected: { actorType: 'service', actorName: 'SYSTEM', action: 'process_ended' },
  },
  {
    name: 'maps a connection seen by Sysmon with both addresses',
    line: sysmon(3, {
      User: 'HOLLOW\\mira.voss',
      Image: 'C:\\Tools\\curl.exe',
      SourceIp: '10.20.1.14',
      DestinationIp: '203.0.113.40',
      DestinationPort: '443',
    }),
    expected: {
      action: 'network_connection',
      srcIp: '10.20.1.14',
      dstIp: '203.0.113.40',
      logsources: ['windows/network_connection/sysmon'],
    },
  },
  {
    name: 'tells an added registry key from a deleted one by its event type',
    line: sysmon(12, { EventType: 'CreateKey', TargetObject: 'HKLM\\Software\\Hollow\\Run' }),
    expected: {
      action: 'registry_key_changed',
      logsources: ['windows/registry_add/sysmon', 'windows/registry_event/sysmon'],
    },
  },
  {
    name: 'states registry_delete for a deleted value',
    line: sysmon(12, { EventType: 'DeleteValue', TargetObject: 'HKLM\\Software\\Hollow\\Run' }),
    expected: { logsources: ['windows/registry_delete/sysmon', 'windows/registry_event/sysmon'] },
  },
  {
    name: 'states both registry categories for a value set',
    line: sysmon(13, { EventType: 'SetValue', TargetObject: 'HKLM\\Software\\Hollow\\Run' }),
    expected: { logsources: ['windows/registry_set/sysmon', 'windows/registry_event/sysmon'] },
  },
  {
    name: 'maps a successful logon to the account that logs on',
    line: security(4624, {
      Message: 'An account was successfully logged on.\r\n\r\nSubject:\r\n',
      SubjectUserName: 'WS-0142$',
      SubjectDomainName: 'HOLLOW',
      TargetUserName: 'mira.voss',
      TargetDomainName: 'HOLLOW',
      IpAddress: '::ffff:10.20.1.77',
      LogonType: '3',
    }),
    expected: {
      category: 'auth',
      action: 'login',
      outcome: 'success',
      severity: 1,
      actorId: 'HOLLOW\\mira.voss',
      srcIp: '10.20.1.77',
      message: 'An account was successfully logged on: mira.voss',
      logsources: ['windows//security'],
    },
  },
  {
    name: 'maps a failed logon, with empty marks left out',
    line: security(4625, {
      Keywords: '0x8010000000000000',
      Level: '0',
      Message: 'An account failed to log on.',
      SubjectUserName: '-',
      TargetUserName: 'administrator',
      TargetDomainName: '-',
      IpAddress: '-',
    }),
    expected: {
      category: 'auth',
      action: 'login',
      outcome: 'failure',
      severity: 3,
      actorType: 'user',
      actorId: 'administrator',
      srcIp: '',
    },
  },
  {
    name: 'takes the subject as actor when an account is changed',
    line: security(4720, { SubjectUserName: 'it.ops', TargetUserName: 'svc-backup2' }),
    expected: {
      category: 'auth',
      action: 'user_created',
      outcome: 'success',
      actorId: 'it.ops',
      attributes: { TargetUserName: 'svc-backup2' },
    },
  },
  {
    name: 'states process_creation of the Security log for 4688',
    line: security(4688, {
      SubjectUserName: 'mira.voss',
      SubjectDomainName: 'HOLLOW',
      NewProcessName: 'C:\\Windows\\System32\\net.exe',
    }),
    expected: { action: 'process_created', logsources: ['windows/process_creation/security'] },
  },
  {
    name: 'calls machine accounts devices',
    line: security(4672, { SubjectUserName: 'DC-01$', SubjectDomainName: 'HOLLOW' }),
    expected: { category: 'auth', actorType: 'device', actorId: 'HOLLOW\\DC-01$' },
  },
  {
    name: 'maps a blocked connection of the filtering platform to network',
    line: security(5157, {
      Keywords: '0x8010000000000000',
      SourceAddress: '10.20.1.14',
      DestAddress: '198.51.100.9',
    }),
    expected: {
      category: 'network',
      action: 'connection_blocked',
      outcome: 'failure',
      srcIp: '10.20.1.14',
      dstIp: '198.51.100.9',
    },
  },
  {
    name: 'maps a script block of PowerShell',
    line: flat('Microsoft-Windows-PowerShell/Operational', 'Microsoft-Windows-PowerShell', 4104, {
      Level: '5',
      ScriptBlockText: 'Get-Process',
      Message: 'Creating Scriptblock text (1 of 1):\r\nGet-Process',
    }),
    expected: {
      action: 'script_block_executed',
      severity: 0,
      logsources: ['windows/ps_script/powershell'],
      attributes: { ScriptBlockText: 'Get-Process' },
    },
  },
  {
    name: 'keeps the same id of another provider apart',
    line: flat('Application', 'Hollow Backup', 4624, { Level: '2' }),
    expected: {
      category: 'ops',
      action: '',
      severity: 6,
      logsources: ['windows//application'],
    },
  },
  {
    name: 'knows a new service in the System log',
    line: flat('System', 'Service Control Manager', 7045, { ImagePath: 'C:\\Temp\\a.exe' }),
    expected: {
      category: 'endpoint',
      action: 'service_installed',
      logsources: ['windows//system'],
    },
  },
  {
    name: 'reads nxlog: signed keywords, level words, and not the local EventTime',
    line: JSON.stringify({
      EventTime: '2026-03-02 03:15:30',
      '@timestamp': '2026-03-02T08:15:31.000Z',
      Hostname: HOST,
      Keywords: -9218868437227405312n.toString(),
      Severity: 'WARNING',
      EventType: 'AUDIT_FAILURE',
      EventID: 4776,
      SourceName: 'Microsoft-Windows-Security-Auditing',
      Channel: 'Security',
      TargetUserName: 'mira.voss',
      Workstation: 'KIOSK-3',
    }),
    expected: {
      at: '2026-03-02T08:15:31.000Z',
      action: 'credential_validated',
      outcome: 'failure',
      severity: 4,
      actorId: 'mira.voss',
    },
  },
  {
    name: 'reads signed keywords given as a number that a double only just holds',
    line: `{"EventID":4673,"Channel":"Security","Hostname":"${HOST}","@timestamp":"2026-03-02T08:15:31Z","Keywords":-9218868437227405312}`,
    expected: { outcome: 'failure' },
  },
  {
    name: 'lays winlogbeat 7 flat under the names of Sigma',
    line: JSON.stringify({
      '@timestamp': '2026-03-02T08:15:30.250Z',
      event: { code: '1', provider: 'Microsoft-Windows-Sysmon' },
      host: { name: HOST },
      log: { level: 'information' },
      message: 'Process Create:\nRuleName: -',
      winlog: {
        channel: 'Microsoft-Windows-Sysmon/Operational',
        provider_name: 'Microsoft-Windows-Sysmon',
        event_id: 1,
        computer_name: HOST,
        event_data: { Image: 'C:\\Windows\\System32\\net.exe', User: 'HOLLOW\\mira.voss' },
      },
    }),
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      action: 'process_created',
      severity: 1,
      sourceHost: HOST,
      actorName: 'mira.voss',
      attributes: { EventID: 1, Image: 'C:\\Windows\\System32\\net.exe' },
      logsources: ['windows/process_creation/sysmon'],
    },
  },
  {
    name: 'lays winlogbeat 6 flat, with audit keywords as words',
    line: JSON.stringify({
      '@timestamp': '2026-03-02T08:15:30.250Z',
      computer_name: HOST,
      log_name: 'Security',
      source_name: 'Microsoft-Windows-Security-Auditing',
      event_id: 4625,
      level: 'Information',
      keywords: ['Audit Failure'],
      message: 'An account failed to log on.\n\nSubject:',
      event_data: { TargetUserName: 'guest', IpAddress: '10.20.9.9' },
    }),
    expected: {
      action: 'login',
      outcome: 'failure',
      sourceHost: HOST,
      actorId: 'guest',
      srcIp: '10.20.9.9',
      attributes: { TargetUserName: 'guest', Channel: 'Security' },
    },
  },
  {
    name: 'takes UtcTime when the time of the record has no zone',
    line: JSON.stringify({
      EventID: 11,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Hostname: HOST,
      TimeCreated: '2026-03-02 03:15:30.250',
      UtcTime: '2026-03-02 08:15:30.249',
    }),
    expected: { at: '2026-03-02T08:15:30.249Z', action: 'file_created' },
  },
  {
    name: 'says so when the record states no time',
    line: '{"EventID":7036,"Channel":"System","Hostname":"h"}',
    expected: {
      at: '2026-03-02T12:00:00.000Z',
      parseStatus: 'partial',
      parseError: 'no_timestamp',
    },
  },
  {
    name: 'is not misled by members of a wrong type',
    line: '{"EventID":{"a":1},"Channel":"Security","Hostname":[1],"Message":7,"Keywords":{},"@timestamp":"2026-03-02T08:15:31Z","IpAddress":{"x":1},"SubjectUserName":true}',
    expected: { category: 'endpoint', sourceHost: '', actorId: '', srcIp: '', outcome: '' },
  },
];
