import type { Logsource } from '../evaluate/logsource.ts';

/** One thing an event must have. Text is compared without regard to case. */
export interface TableCondition {
  readonly field: string;
  /** Any of these; without `equals` and `contains` the field must be there. */
  readonly equals?: readonly string[];
  readonly contains?: readonly string[];
}

/** How events of a form are known, what logs they are for Sigma, and where they keep Sigma's fields. */
export interface EventTable {
  readonly name: string;
  readonly when: readonly TableCondition[];
  /** Given to events that have none yet. */
  readonly logsources: readonly Logsource[];
  /** Sigma's field, and where its value is; fields the event has already stay. */
  readonly fields: Readonly<Record<string, string>>;
}

const log = (product: string, category: string, service: string): Logsource[] => [
  { product, category, service },
];
const NO_FIELDS = {};

/** Processes in ECS names (Elastic Common Schema 9). */
const ECS_PROCESS = {
  Image: 'process.executable',
  CommandLine: 'process.command_line',
  CurrentDirectory: 'process.working_directory',
  ProcessId: 'process.pid',
  OriginalFileName: 'process.pe.original_file_name',
  ParentImage: 'process.parent.executable',
  ParentCommandLine: 'process.parent.command_line',
  ParentProcessId: 'process.parent.pid',
  User: 'user.name',
};

/** Processes in OCSF names (class Process Activity, 1.8). */
const OCSF_PROCESS = {
  Image: 'process.file.path',
  CommandLine: 'process.cmd_line',
  ProcessId: 'process.pid',
  ParentImage: 'process.parent_process.file.path',
  ParentCommandLine: 'process.parent_process.cmd_line',
  ParentProcessId: 'process.parent_process.pid',
  User: 'actor.user.name',
};

const ecs = (product: string, os: readonly string[]): EventTable => ({
  name: `ecs-process-${product}`,
  when: [
    { field: 'process.executable' },
    { field: 'event.category', equals: ['process'] },
    { field: 'host.os.type', equals: os },
  ],
  logsources: log(product, 'process_creation', ''),
  fields: ECS_PROCESS,
});

const ocsf = (product: string, os: readonly string[]): EventTable => ({
  name: `ocsf-process-${product}`,
  when: [
    { field: 'class_uid', equals: ['1007'] },
    { field: 'activity_id', equals: ['1'] },
    { field: 'device.os.type', equals: os },
  ],
  logsources: log(product, 'process_creation', ''),
  fields: OCSF_PROCESS,
});

/** All tables: `tocsin rules logsources` prints them. The first that fits counts. */
export const EVENT_TABLES: readonly EventTable[] = [
  {
    name: 'windows-4688',
    when: [{ field: 'NewProcessName' }, { field: 'EventID', equals: ['4688'] }],
    logsources: log('windows', 'process_creation', 'security'),
    fields: {
      Image: 'NewProcessName',
      ParentImage: 'ParentProcessName',
      ParentProcessId: 'ProcessId',
      User: 'SubjectUserName',
      LogonId: 'SubjectLogonId',
    },
  },
  {
    name: 'kubernetes-audit',
    when: [{ field: 'apiVersion', contains: ['audit.k8s.io/'] }, { field: 'verb' }],
    logsources: log('kubernetes', 'application', 'audit'),
    fields: {
      username: 'user.username',
      resource: 'objectRef.resource',
      subresource: 'objectRef.subresource',
      namespace: 'objectRef.namespace',
      apiGroup: 'objectRef.apiGroup',
    },
  },
  ecs('windows', ['windows']),
  ecs('linux', ['linux']),
  ecs('macos', ['macos']),
  ocsf('windows', ['windows']),
  ocsf('linux', ['linux']),
  ocsf('macos', ['macos']),
  {
    name: 'azure-signin',
    when: [{ field: 'category', equals: ['SignInLogs'] }],
    logsources: log('azure', '', 'signinlogs'),
    fields: NO_FIELDS,
  },
  {
    name: 'azure-audit',
    when: [{ field: 'category', equals: ['AuditLogs'] }],
    logsources: log('azure', '', 'auditlogs'),
    fields: { OperationName: 'operationName' },
  },
  {
    name: 'azure-activity',
    when: [{ field: 'category', equals: ['Administrative'] }, { field: 'operationName' }],
    logsources: log('azure', '', 'activitylogs'),
    fields: NO_FIELDS,
  },
  {
    name: 'okta-system-log',
    when: [{ field: 'eventType' }, { field: 'actor.alternateId' }, { field: 'outcome.result' }],
    logsources: log('okta', '', 'okta'),
    fields: { eventtype: 'eventType', displaymessage: 'displayMessage' },
  },
  {
    name: 'gcp-audit',
    when: [{ field: 'protoPayload.methodName' }],
    logsources: log('gcp', '', 'gcp.audit'),
    fields: { 'gcp.audit.method_name': 'protoPayload.methodName' },
  },
  {
    name: 'github-audit',
    when: [{ field: '_document_id' }, { field: 'action' }, { field: 'actor' }],
    logsources: log('github', '', 'audit'),
    fields: NO_FIELDS,
  },
  {
    name: 'hpe-ilo',
    when: [{ field: 'app', contains: ['ilo'] }],
    logsources: log('hpe', '', 'ilo'),
    fields: NO_FIELDS,
  },
  {
    name: 'hpe-oneview',
    when: [{ field: 'app', equals: ['oneview', 'ci-audit', 'hpe-oneview'] }],
    logsources: log('hpe', '', 'oneview'),
    fields: NO_FIELDS,
  },
  {
    name: 'aruba-aos-cx',
    when: [
      {
        field: 'app',
        equals: [
          'hpe-restd',
          'hpe-sysmond',
          'hpe-aaautilspamcfg',
          'hpe-cli',
          'ops-switchd',
          'arubaos-cx',
        ],
      },
    ],
    logsources: log('aruba', '', 'aos-cx'),
    fields: NO_FIELDS,
  },
  {
    name: 'aruba-aos',
    when: [{ field: 'app', equals: ['authmgr', 'cli', 'fpapps', 'stm', 'wms', 'localdb'] }],
    logsources: log('aruba', '', 'aos'),
    fields: NO_FIELDS,
  },
  // IOS and NX-OS lines come with any head or none: what tells them is `%FACILITY-SEVERITY-MNEMONIC` in the text.
  {
    name: 'cisco-logged-commands',
    when: [{ field: 'message', contains: ['%parser-5-cfglog_loggedcmd:', '%aaa-', '%aaaa-'] }],
    logsources: log('cisco', '', 'aaa'),
    fields: NO_FIELDS,
  },
  {
    name: 'cisco-bgp',
    when: [
      { field: 'message', contains: ['%bgp-', '%bgp_', 'ip-tcp-3-badauth', '%tcp-6-badauth'] },
    ],
    logsources: log('cisco', '', 'bgp'),
    fields: NO_FIELDS,
  },
  {
    name: 'cisco-ldp',
    when: [
      {
        field: 'message',
        contains: ['%ldp-', '%mpls_ldp', 'tcpmd5authenfail', 'socket_tcp_packet_md5_authen_fail'],
      },
    ],
    logsources: log('cisco', '', 'ldp'),
    fields: NO_FIELDS,
  },
  {
    name: 'linux-kernel',
    when: [{ field: 'app', equals: ['kernel'] }],
    logsources: log('linux', '', 'syslog'),
    fields: NO_FIELDS,
  },
  {
    name: 'linux-services',
    when: [
      {
        field: 'app',
        equals: ['systemd', 'clamd', 'freshclam', 'named', 'vsftpd', 'modsecurity', 'guacd'],
      },
    ],
    logsources: log('linux', '', 'syslog'),
    fields: NO_FIELDS,
  },
];
