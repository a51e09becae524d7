import type { EventRecord } from '../evaluate/event-record.ts';
import { scalarText } from '../evaluate/event-record.ts';
import type { Logsource } from '../evaluate/logsource.ts';

/** Sigma categories of Sysmon's event ids (SigmaHQ `tests/thor.yml`). */
export const SYSMON_CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  1: ['process_creation'],
  2: ['file_change'],
  3: ['network_connection'],
  4: ['sysmon_status'],
  5: ['process_termination'],
  6: ['driver_load'],
  7: ['image_load'],
  8: ['create_remote_thread'],
  9: ['raw_access_thread'],
  10: ['process_access'],
  11: ['file_event'],
  12: ['registry_event', 'registry_add', 'registry_delete'],
  13: ['registry_event', 'registry_set'],
  14: ['registry_event', 'registry_rename'],
  15: ['create_stream_hash'],
  16: ['sysmon_status'],
  17: ['pipe_created'],
  18: ['pipe_created'],
  19: ['wmi_event'],
  20: ['wmi_event'],
  21: ['wmi_event'],
  22: ['dns_query'],
  23: ['file_delete'],
  25: ['process_tampering'],
  26: ['file_delete'],
  27: ['file_block_executable'],
  28: ['file_block_shredding'],
  29: ['file_executable_detected'],
  255: ['sysmon_error'],
};

/** Sigma services of Windows channels, in lower case. */
export const CHANNEL_SERVICES: Readonly<Record<string, string>> = {
  security: 'security',
  system: 'system',
  application: 'application',
  'microsoft-windows-sysmon/operational': 'sysmon',
  'windows powershell': 'powershell-classic',
  'microsoft-windows-powershell/operational': 'powershell',
  'powershellcore/operational': 'powershell',
  'microsoft-windows-taskscheduler/operational': 'taskscheduler',
  'microsoft-windows-windows defender/operational': 'windefend',
  'microsoft-windows-wmi-activity/operational': 'wmi',
  'microsoft-windows-dns-client/operational': 'dns-client',
  'microsoft-windows-bits-client/operational': 'bits-client',
  'microsoft-windows-ntlm/operational': 'ntlm',
  'microsoft-windows-windows firewall with advanced security/firewall': 'firewall-as',
  'microsoft-windows-codeintegrity/operational': 'codeintegrity-operational',
  'microsoft-windows-appxdeploymentserver/operational': 'appxdeployment-server',
  'microsoft-windows-driverframeworks-usermode/operational': 'driver-framework',
  'microsoft-windows-terminalservices-localsessionmanager/operational':
    'terminalservices-localsessionmanager',
  'microsoft-windows-smbclient/security': 'smbclient-security',
  'microsoft-windows-ldap-client/debug': 'ldap',
  'microsoft-windows-security-mitigations/kernelmode': 'security-mitigations',
  'microsoft-windows-security-mitigations/usermode': 'security-mitigations',
  'microsoft-windows-applocker/exe and dll': 'applocker',
  'microsoft-windows-applocker/msi and script': 'applocker',
  'microsoft-windows-applocker/packaged app-deployment': 'applocker',
  'microsoft-windows-applocker/packaged app-execution': 'applocker',
  'dns server': 'dns-server',
  'microsoft-windows-dns-server/analytical': 'dns-server-analytic',
  'microsoft-servicebus-client': 'microsoft-servicebus-client',
  'msexchange management': 'msexchange-management',
  'openssh/operational': 'openssh',
  'microsoft-windows-shell-core/operational': 'shell-core',
  'microsoft-windows-diagnosis-scripted/operational': 'diagnosis-scripted',
  'microsoft-windows-capi2/operational': 'capi2',
  'microsoft-windows-certificateservicesclient-lifecycle-system/operational':
    'certificateservicesclient-lifecycle-system',
};

/** Categories of event ids of services other than Sysmon. */
export const SERVICE_CATEGORIES: Readonly<Record<string, string>> = {
  'security 4688': 'process_creation',
  'powershell 4103': 'ps_module',
  'powershell 4104': 'ps_script',
  'powershell-classic 400': 'ps_classic_start',
  'powershell-classic 600': 'ps_classic_provider_start',
  'powershell-classic 800': 'ps_module',
};

/** The triples of a Windows event by its channel and event id; none when it names no channel. */
export function windowsLogsources(event: EventRecord): readonly Logsource[] {
  const channel = (scalarText(event['Channel']) ?? '').toLowerCase();
  if (channel === '') return [];
  const id = scalarText(event['EventID']) ?? '';
  const service = ownValue(CHANNEL_SERVICES, channel) ?? '';
  const categories =
    service === 'sysmon'
      ? (ownValue(SYSMON_CATEGORIES, id) ?? [])
      : [ownValue(SERVICE_CATEGORIES, `${service} ${id}`) ?? ''];
  const list = categories.length === 0 ? [''] : categories;
  return list.map((category) => ({ product: 'windows', category, service }));
}

function ownValue<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
