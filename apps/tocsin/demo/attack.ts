import {
  ATTACKER_ADDRESS,
  BASTION,
  DOMAIN,
  DROP_ADDRESS,
  EMPLOYEES,
  FILE_SERVER,
  RESOLVER,
  VICTIM_ACCOUNT,
} from './cast.ts';
import type { Chance } from './chance.ts';
import { authLine, type DemoLine, windowsLine, zeekLine } from './demo-line.ts';

const MINUTE = 60_000;
const POWERSHELL = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
const VICTIM = `${DOMAIN}\\${VICTIM_ACCOUNT}`;

/** How much happens, so that what the rules count is known. */
export const ATTACK_COUNTS = {
  sprayedAccounts: 15,
  triesPerSprayedAccount: 2,
  guesses: 14,
  scannedHosts: 40,
  textQueries: 150,
  uploads: 6,
} as const;

/** How long it takes from the first guess to the cleared log. */
export const ATTACK_LENGTH_MS = 181 * MINUTE;

/**
 * The intrusion: passwords are guessed from outside until a service account opens, and by way of the bastion the
 * file server is taken, its credentials read, a way back in is left, files leave, and the log is cleared.
 */
export function attack(chance: Chance, start: number): DemoLine[] {
  return [
    ...spraying(chance, start),
    ...guessing(chance, start + 12 * MINUTE),
    ...enters(chance, start + 16 * MINUTE),
    ...looksAround(chance, start + 25 * MINUTE),
    ...movesOn(chance, start + 50 * MINUTE),
    ...readsCredentials(chance, start + 60 * MINUTE),
    ...staysIn(chance, start + 65 * MINUTE),
    ...callsHome(chance, start + 90 * MINUTE),
    ...takesFiles(chance, start + 120 * MINUTE),
    clearsLog(start + 180 * MINUTE),
  ];
}

function failedLogin(chance: Chance, at: number, user: string): DemoLine[] {
  const tag = `sshd[${chance.between(2000, 60_000)}]`;
  const rhost = `rhost=${ATTACKER_ADDRESS}`;
  const pam = `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= ${rhost}`;
  const from = `${ATTACKER_ADDRESS} port ${chance.between(30_000, 65_000)} ssh2`;
  return [
    authLine(at, BASTION.name, tag, `${pam}  user=${user}`),
    authLine(at + 1000, BASTION.name, tag, `Failed password for ${user} from ${from}`),
  ];
}

function spraying(chance: Chance, start: number): DemoLine[] {
  const { sprayedAccounts, triesPerSprayedAccount } = ATTACK_COUNTS;
  const count = sprayedAccounts * triesPerSprayedAccount;
  return Array.from({ length: count }, (_, index) => {
    const user = EMPLOYEES[index % sprayedAccounts]?.user ?? '';
    return failedLogin(chance, start + index * 15_000, user);
  }).flat();
}

function guessing(chance: Chance, start: number): DemoLine[] {
  return Array.from({ length: ATTACK_COUNTS.guesses }, (_, index) =>
    failedLogin(chance, start + index * 12_000, VICTIM_ACCOUNT),
  ).flat();
}

function enters(chance: Chance, start: number): DemoLine[] {
  const tag = `sshd[${chance.between(2000, 60_000)}]`;
  const from = `${ATTACKER_ADDRESS} port ${chance.between(30_000, 65_000)} ssh2`;
  const session = `session opened for user ${VICTIM_ACCOUNT}(uid=1200) by (uid=0)`;
  const folder = `TTY=pts/3 ; PWD=/home/${VICTIM_ACCOUNT}`;
  return [
    authLine(start, BASTION.name, tag, `Accepted password for ${VICTIM_ACCOUNT} from ${from}`),
    authLine(start + 1000, BASTION.name, tag, `pam_unix(sshd:session): ${session}`),
    authLine(
      start + 4 * MINUTE,
      BASTION.name,
      'sudo',
      `${VICTIM_ACCOUNT} : ${folder} ; USER=root ; COMMAND=/bin/bash`,
    ),
  ];
}

function looksAround(chance: Chance, start: number): DemoLine[] {
  return Array.from({ length: ATTACK_COUNTS.scannedHosts }, (_, index) =>
    [22, 445, 3389].map((port) =>
      zeekLine(start + index * 9000 + port, 'conn', `C${chance.word(17)}`, {
        'id.orig_h': BASTION.address,
        'id.orig_p': chance.between(30_000, 65_000),
        'id.resp_h': `10.20.0.${index + 5}`,
        'id.resp_p': port,
        proto: 'tcp',
        duration: 0.01,
        orig_bytes: 0,
        resp_bytes: 0,
        conn_state: 'REJ',
        local_orig: true,
        local_resp: true,
      }),
    ),
  ).flat();
}

function movesOn(chance: Chance, start: number): DemoLine[] {
  const host = FILE_SERVER.name;
  const account = { TargetUserName: VICTIM_ACCOUNT, TargetDomainName: DOMAIN };
  const script = Buffer.from('$s = New-Object Net.WebClient', 'utf16le').toString('base64');
  return [
    windowsLine(start, host, 'Security', 4624, {
      ...account,
      LogonType: '3',
      IpAddress: BASTION.address,
      TargetLogonId: `0x${chance.hex(6)}`,
    }),
    windowsLine(start + 500, host, 'Security', 4672, {
      SubjectUserName: VICTIM_ACCOUNT,
      SubjectDomainName: DOMAIN,
      PrivilegeList: 'SeDebugPrivilege',
    }),
    windowsLine(start + 2 * MINUTE, host, 'Sysmon', 1, {
      Image: POWERSHELL,
      CommandLine: `powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand ${script}`,
      ParentImage: 'C:\\Windows\\System32\\wbem\\WmiPrvSE.exe',
      User: VICTIM,
      ProcessId: chance.between(1000, 20_000),
      Hashes: `SHA256=${chance.hex(64)}`,
    }),
    windowsLine(start + 3 * MINUTE, host, 'Sysmon', 3, {
      Image: POWERSHELL,
      User: VICTIM,
      Protocol: 'tcp',
      Initiated: 'true',
      SourceIp: FILE_SERVER.address,
      SourcePort: chance.between(49_152, 65_535),
      DestinationIp: DROP_ADDRESS,
      DestinationPort: 443,
    }),
  ];
}

function readsCredentials(chance: Chance, start: number): DemoLine[] {
  return [
    windowsLine(start, FILE_SERVER.name, 'Sysmon', 10, {
      SourceImage: 'C:\\Users\\Public\\pd64.exe',
      SourceProcessId: chance.between(1000, 20_000),
      TargetImage: 'C:\\Windows\\system32\\lsass.exe',
      GrantedAccess: '0x1010',
      CallTrace: 'C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Users\\Public\\pd64.exe+1a2b',
      SourceUser: VICTIM,
    }),
  ];
}

function staysIn(chance: Chance, start: number): DemoLine[] {
  const host = FILE_SERVER.name;
  const subject = { SubjectUserName: VICTIM_ACCOUNT, SubjectDomainName: DOMAIN };
  const path = 'C:\\Users\\Public\\wupd.exe';
  const sid = `S-1-5-21-1004336348-1177238915-682003330-${chance.between(1100, 4000)}`;
  return [
    windowsLine(start, host, 'System', 7045, {
      ServiceName: 'WinUpdSvc',
      ImagePath: path,
      ServiceType: 'user mode service',
      StartType: 'auto start',
      AccountName: 'LocalSystem',
    }),
    windowsLine(start + 100, host, 'Security', 4697, {
      ...subject,
      ServiceName: 'WinUpdSvc',
      ServiceFileName: path,
      ServiceStartType: '2',
    }),
    windowsLine(start + 5 * MINUTE, host, 'Security', 4720, {
      ...subject,
      TargetUserName: 'svc-backup2',
      TargetDomainName: 'FS-01',
      TargetSid: sid,
    }),
    windowsLine(start + 6 * MINUTE, host, 'Security', 4732, {
      ...subject,
      TargetUserName: 'Administrators',
      TargetDomainName: 'Builtin',
      TargetSid: 'S-1-5-32-544',
      MemberSid: sid,
    }),
  ];
}

function callsHome(chance: Chance, start: number): DemoLine[] {
  return Array.from({ length: ATTACK_COUNTS.textQueries }, (_, index) =>
    zeekLine(start + index * 1600, 'dns', `C${chance.word(17)}`, {
      'id.orig_h': FILE_SERVER.address,
      'id.orig_p': chance.between(49_152, 65_535),
      'id.resp_h': RESOLVER,
      'id.resp_p': 53,
      proto: 'udp',
      query: `${chance.hex(40)}.sync.example.top`,
      qtype_name: 'TXT',
      rcode_name: 'NOERROR',
    }),
  );
}

function takesFiles(chance: Chance, start: number): DemoLine[] {
  return Array.from({ length: ATTACK_COUNTS.uploads }, (_, index) =>
    zeekLine(start + index * 8 * MINUTE, 'conn', `C${chance.word(17)}`, {
      'id.orig_h': FILE_SERVER.address,
      'id.orig_p': chance.between(49_152, 65_535),
      'id.resp_h': DROP_ADDRESS,
      'id.resp_p': 443,
      proto: 'tcp',
      service: 'ssl',
      duration: 410.5,
      orig_bytes: 600_000_000 + chance.between(0, 50_000_000),
      resp_bytes: chance.between(100_000, 900_000),
      conn_state: 'SF',
      local_orig: true,
      local_resp: false,
    }),
  );
}

function clearsLog(at: number): DemoLine {
  return windowsLine(at, FILE_SERVER.name, 'Security', 1102, {
    SubjectUserName: VICTIM_ACCOUNT,
    SubjectDomainName: DOMAIN,
  });
}
