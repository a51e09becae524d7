import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { normalizeLine } from '@tocsin/sources/normalize-line.ts';
import { openMemoryWindowStore } from '@tocsin/windows/memory-window-store.ts';
import { describe, expect, it } from 'vitest';
import { createDetector } from './detector.ts';
import { buildRuleRegistry } from './domain/rule-registry.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const acme = systemContext(parseTenantId('acme-corp'), 'test');
const registry = buildRuleRegistry(RULE_PACK);

/** Ids of the rules that alert on some lines, given as one frame. */
async function alerting(lines: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-rules-'));
  const world = { ...systemWorld(), clock: new ManualClock(NOW) };
  const windows = await openMemoryWindowStore(world, { folder: join(folder, 'windows') });
  const detector = createDetector({ rules: registry, windows, world });
  const events = lines.map((line, index) => {
    const event = normalizeLine(line, '', '', NOW);
    event.eventId = `event-${index}`;
    return event;
  });
  const { alerts } = await detector.detectFrame(
    acme,
    { source: 's', offset: 1 },
    events,
    NOW,
    false,
  );
  await rm(folder, { recursive: true, force: true });
  return alerts.map((alert) => alert.rule_id);
}

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));
const clock = (second: number): string =>
  new Date(NOW - 3_600_000 + second * 1000).toISOString().slice(11, 19);

const ssh = (second: number, message: string) =>
  `Jun  1 ${clock(second)} gw-7 sshd[811]: ${message}`;
const failed = (second: number, user: string, from: string) =>
  ssh(second, `Failed password for ${user} from ${from} port 40122 ssh2`);
const sudo = (rest: string) => `Jun  1 11:00:00 db-9 sudo: kim : TTY=pts/1 ; PWD=/ ; ${rest}`;
const windows = (channel: string, EventID: number, fields: object) =>
  JSON.stringify({
    EventID,
    Channel: channel,
    Hostname: 'PC-5',
    TimeCreated: '2026-06-01T11:00:00.000Z',
    ...fields,
  });
const sysmon = (id: number, fields: object) =>
  windows('Microsoft-Windows-Sysmon/Operational', id, fields);
const beat = (channel: string, event_id: number, event_data: object) =>
  JSON.stringify({
    '@timestamp': '2026-06-01T11:00:00.000Z',
    host: { name: 'PC-5' },
    winlog: { channel, event_id, computer_name: 'PC-5', event_data },
  });
const conn = (second: number, from: string, to: string, orig_bytes: number) =>
  JSON.stringify({
    _path: 'conn',
    ts: (NOW - 7_200_000) / 1000 + second,
    uid: `C${second}`,
    'id.orig_h': from,
    'id.resp_h': to,
    'id.resp_p': 443,
    proto: 'tcp',
    orig_bytes,
    resp_bytes: 10,
    conn_state: 'SF',
  });
const dns = (second: number, qtype_name: string) =>
  JSON.stringify({
    _path: 'dns',
    ts: (NOW - 7_200_000) / 1000 + second,
    uid: `D${second}`,
    'id.orig_h': '10.1.1.8',
    'id.resp_h': '10.1.1.1',
    query: `q${second}.example.top`,
    qtype_name,
  });
const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
const GIB = 1024 ** 3;
const logon = (EventID: 4624 | 4625, second: number, IpAddress = '10.1.1.9') =>
  windows('Security', EventID, {
    TimeCreated: `2026-06-01T${clock(second)}.000Z`,
    TargetUserName: 'kim',
    TargetDomainName: 'LAB',
    LogonType: 3,
    IpAddress,
  });
const accepted = (second: number, user: string) =>
  ssh(second, `Accepted password for ${user} from 203.0.113.7 port 40122 ssh2`);
const rootShell = (second: number, user: string) =>
  `Jun  1 ${clock(second)} gw-7 sudo: ${user} : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/bash`;

interface Sample {
  readonly rule: string;
  readonly alerts: Readonly<Record<string, readonly string[]>>;
  readonly staysSilent: Readonly<Record<string, readonly string[]>>;
}

const SAMPLES: readonly Sample[] = [
  {
    rule: 'failed-login-threshold',
    alerts: {
      'ten failures of one user from ten addresses': times(10, (n) =>
        failed(n, 'kim', `203.0.113.${n}`),
      ),
      'one repeated message of syslog that stands for ten': [
        ssh(
          1,
          'message repeated 10 times: [ Failed password for kim from 203.0.113.7 port 40122 ssh2]',
        ),
      ],
      'ten logon failures on Windows': times(10, (n) =>
        windows('Security', 4625, {
          TimeCreated: `2026-06-01T11:00:0${n}.000Z`,
          TargetUserName: 'kim',
          TargetDomainName: 'LAB',
          IpAddress: '10.1.1.9',
        }),
      ),
      'a canonical record with a count': [
        JSON.stringify({
          timestamp: '2026-06-01T11:00:00Z',
          category: 'auth',
          action: 'login',
          outcome: 'failure',
          user: 'kim',
          failed_login_count: 12,
        }),
      ],
    },
    staysSilent: {
      'nine failures': times(9, (n) => failed(n, 'kim', '203.0.113.7')),
      'nine failures with what PAM says of each': times(9, (n) => [
        failed(n, 'kim', '203.0.113.7'),
        ssh(
          n,
          'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7  user=kim',
        ),
      ]).flat(),
      'ten failures over an hour': times(10, (n) => failed(n * 360, 'kim', '203.0.113.7')),
      'twenty successes': times(20, (n) =>
        ssh(n, 'Accepted password for kim from 10.1.1.9 port 1 ssh2'),
      ),
    },
  },
  {
    rule: 'failed-logins-from-address',
    alerts: {
      'twenty-five users tried once each': times(25, (n) =>
        failed(n * 20, `user${n}`, '203.0.113.7'),
      ),
    },
    staysSilent: {
      'twenty-four of them': times(24, (n) => failed(n * 20, `user${n}`, '203.0.113.7')),
      'twenty-five users from as many addresses': times(25, (n) =>
        failed(n, `user${n}`, `203.0.113.${n}`),
      ),
    },
  },
  {
    rule: 'root-shell-by-sudo',
    alerts: { 'a shell as root': [sudo('USER=root ; COMMAND=/usr/bin/bash')] },
    staysSilent: {
      'a command as root': [sudo('USER=root ; COMMAND=/usr/bin/apt update')],
      'a script run by a shell': [sudo('USER=root ; COMMAND=/bin/bash /opt/backup.sh')],
      'a shell as another user': [sudo('USER=postgres ; COMMAND=/bin/bash')],
      'a refused one': [
        sudo('command not allowed ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/bash'),
      ],
    },
  },
  {
    rule: 'encoded-powershell',
    alerts: {
      'an encoded command seen by Sysmon': [
        sysmon(1, { Image: powershell, CommandLine: 'powershell -nop -w hidden -enc SQBFAFgA' }),
      ],
      'an encoded command in the Security log, shipped by winlogbeat': [
        beat('Security', 4688, {
          NewProcessName: powershell,
          CommandLine: 'powershell.exe -EncodedCommand SQBFAFgA',
        }),
      ],
    },
    staysSilent: {
      'a script file': [
        sysmon(1, { Image: powershell, CommandLine: 'powershell -File C:\\a-encode.ps1' }),
      ],
      'a change of encoding': [
        sysmon(1, {
          Image: powershell,
          CommandLine: 'powershell Get-Content x.txt | Out-File y.txt',
        }),
      ],
      'another program': [
        sysmon(1, { Image: 'C:\\ffmpeg.exe', CommandLine: 'ffmpeg -i a -enc b' }),
      ],
    },
  },
  {
    rule: 'lsass-memory-read',
    alerts: {
      'an unknown program': [
        sysmon(10, {
          SourceImage: 'C:\\Users\\kim\\x.exe',
          TargetImage: 'C:\\Windows\\System32\\lsass.exe',
          GrantedAccess: '0x1FFFFF',
        }),
      ],
      'a program that only borrows the name of one that may': [
        sysmon(10, {
          SourceImage: 'C:\\Users\\kim\\MsMpEng.exe',
          TargetImage: 'C:\\Windows\\System32\\lsass.exe',
          GrantedAccess: '0x1010',
        }),
      ],
    },
    staysSilent: {
      'Defender at work': [
        sysmon(10, {
          SourceImage: 'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18\\MsMpEng.exe',
          TargetImage: 'C:\\Windows\\System32\\lsass.exe',
          GrantedAccess: '0x1410',
        }),
      ],
      'a look without the right to read': [
        sysmon(10, {
          SourceImage: 'C:\\Users\\kim\\x.exe',
          TargetImage: 'C:\\Windows\\System32\\lsass.exe',
          GrantedAccess: '0x1000',
        }),
      ],
      'another process': [
        sysmon(10, {
          SourceImage: 'C:\\Users\\kim\\x.exe',
          TargetImage: 'C:\\Windows\\System32\\notepad.exe',
          GrantedAccess: '0x1fffff',
        }),
      ],
    },
  },
  {
    rule: 'suspicious-service-installed',
    alerts: {
      'a program in a temporary folder': [
        windows('System', 7045, { ServiceName: 'x', ImagePath: 'C:\\Windows\\Temp\\x.exe' }),
      ],
      'a command line, in the Security log': [
        windows('Security', 4697, { ServiceName: 'x', ServiceFileName: '%COMSPEC% /c start x' }),
      ],
    },
    staysSilent: {
      'a driver of Windows': [
        windows('System', 7045, { ServiceName: 'd', ImagePath: 'system32\\DRIVERS\\d.sys' }),
      ],
      'a program that was installed': [
        windows('System', 7045, {
          ServiceName: 'p',
          ImagePath: '"C:\\Program Files\\P\\p.exe" -service',
        }),
      ],
      'the id in a log of somebody else': [
        windows('Application', 7045, { ImagePath: 'C:\\Windows\\Temp\\x.exe' }),
      ],
    },
  },
  {
    rule: 'admin-group-member-added',
    alerts: {
      'to the local administrators': [windows('Security', 4732, { TargetSid: 'S-1-5-32-544' })],
      'to the administrators of the domain': [
        windows('Security', 4728, { TargetSid: 'S-1-5-21-1-2-3-512' }),
      ],
    },
    staysSilent: {
      'to the users of remote desktop': [windows('Security', 4732, { TargetSid: 'S-1-5-32-555' })],
      'taken away again': [windows('Security', 4733, { TargetSid: 'S-1-5-32-544' })],
    },
  },
  {
    rule: 'system-tool-calls-out',
    alerts: {
      'a script host': [
        sysmon(3, {
          Image: 'C:\\Windows\\System32\\mshta.exe',
          Initiated: 'true',
          SourceIp: '10.1.1.8',
          DestinationIp: '203.0.113.9',
        }),
      ],
    },
    staysSilent: {
      'a call inside': [
        sysmon(3, {
          Image: powershell,
          Initiated: 'true',
          SourceIp: '10.1.1.8',
          DestinationIp: '172.20.1.1',
        }),
      ],
      'a call inside, IPv6': [
        sysmon(3, {
          Image: powershell,
          Initiated: true,
          SourceIp: 'fe80::1',
          DestinationIp: 'fd00::2',
        }),
      ],
      'a browser': [
        sysmon(3, { Image: 'C:\\b\\browser.exe', Initiated: 'true', DestinationIp: '203.0.113.9' }),
      ],
    },
  },
  {
    rule: 'event-log-cleared',
    alerts: {
      'the Security log': [windows('Security', 1102, { SubjectUserName: 'kim' })],
      'another log': [windows('System', 104, { SubjectUserName: 'kim' })],
    },
    staysSilent: { 'a login': [windows('Security', 4624, { TargetUserName: 'kim' })] },
  },
  {
    rule: 'windows-login-after-guessing',
    alerts: {
      'five failures and a login': [...times(5, (n) => logon(4625, n * 60)), logon(4624, 400)],
      'the login is received first': [logon(4624, 300), ...times(5, (n) => logon(4625, n * 50))],
    },
    staysSilent: {
      'four failures and a login': [...times(4, (n) => logon(4625, n * 60)), logon(4624, 400)],
      'a login and then five failures': [logon(4624, 0), ...times(5, (n) => logon(4625, n + 1))],
      'a login from elsewhere': [...times(5, (n) => logon(4625, n)), logon(4624, 9, '10.1.1.10')],
      'a login half an hour after the first failure': [
        ...times(5, (n) => logon(4625, n)),
        logon(4624, 1800),
      ],
    },
  },
  {
    rule: 'root-shell-after-guessing',
    alerts: {
      'three failures, a login, a root shell': [
        ...times(3, (n) => failed(n, 'kim', '203.0.113.7')),
        accepted(20, 'kim'),
        rootShell(600, 'kim'),
      ],
    },
    staysSilent: {
      'a login and a root shell': [accepted(20, 'kim'), rootShell(600, 'kim')],
      'the shell was there before the login': [
        ...times(3, (n) => failed(n, 'kim', '203.0.113.7')),
        rootShell(10, 'kim'),
        accepted(20, 'kim'),
      ],
      'the shell of somebody else': [
        ...times(3, (n) => failed(n, 'kim', '203.0.113.7')),
        accepted(20, 'kim'),
        rootShell(600, 'ann'),
      ],
    },
  },
  {
    rule: 'log-cleared-after-intrusion',
    alerts: {
      'a service from a temporary folder, then the log': [
        windows('System', 7045, { ServiceName: 'x', ImagePath: 'C:\\Windows\\Temp\\x.exe' }),
        windows('Security', 1102, {
          TimeCreated: '2026-06-01T11:20:00.000Z',
          SubjectUserName: 'kim',
        }),
      ],
    },
    staysSilent: {
      'the log first': [
        windows('Security', 1102, { SubjectUserName: 'kim' }),
        windows('System', 7045, {
          TimeCreated: '2026-06-01T11:20:00.000Z',
          ServiceName: 'x',
          ImagePath: 'C:\\Windows\\Temp\\x.exe',
        }),
      ],
      'an honest service, then the log': [
        windows('System', 7045, { ServiceName: 'd', ImagePath: 'system32\\DRIVERS\\d.sys' }),
        windows('Security', 1102, {
          TimeCreated: '2026-06-01T11:20:00.000Z',
          SubjectUserName: 'kim',
        }),
      ],
    },
  },
  {
    rule: 'dns-text-burst',
    alerts: { 'sixty text queries in five minutes': times(60, (n) => dns(n * 4, 'TXT')) },
    staysSilent: {
      'fifty-nine': times(59, (n) => dns(n * 4, 'TXT')),
      'a thousand ordinary ones': times(1000, (n) => dns(n, 'A')),
      'sixty in half an hour': times(60, (n) => dns(n * 30, 'TXT')),
    },
  },
  {
    rule: 'large-outbound-transfer',
    alerts: {
      'two gibibytes in parts': times(4, (n) => conn(n * 600, '10.1.1.8', '203.0.113.9', GIB / 2)),
      'many small parts': times(4096, (n) => conn(n / 2, '10.1.1.8', '203.0.113.9', GIB / 2048)),
    },
    staysSilent: {
      'one byte less': [
        ...times(3, (n) => conn(n * 600, '10.1.1.8', '203.0.113.9', GIB / 2)),
        conn(1800, '10.1.1.8', '203.0.113.9', GIB / 2 - 1),
      ],
      'as much inside': times(8, (n) => conn(n, '10.1.1.8', '10.1.1.9', GIB)),
      'as much received': times(8, (n) => conn(n, '203.0.113.9', '10.1.1.8', GIB)),
      'as much in a day': times(4, (n) => conn(n * 3600, '10.1.1.8', '203.0.113.9', GIB / 2)),
    },
  },
];

describe('the rule pack', () => {
  it('has samples for every rule', () => {
    expect(SAMPLES.map((sample) => sample.rule).sort()).toEqual(
      RULE_PACK.map((rule) => rule.id).sort(),
    );
  });

  it('has a name, a technique and a version for every rule', () => {
    for (const rule of RULE_PACK) {
      expect(rule.tags.some((tag) => /^attack\.t\d{4}/.test(tag))).toBe(true);
      expect(rule.name).toBe(rule.id.replaceAll('-', '_'));
    }
  });

  for (const { rule, alerts, staysSilent } of SAMPLES) {
    it.each(Object.entries(alerts))(`${rule} alerts once on %s`, async (_, lines) => {
      expect((await alerting(lines)).filter((id) => id === rule)).toEqual([rule]);
    });
    it.each(Object.entries(staysSilent))(`${rule} stays silent on %s`, async (_, lines) => {
      expect(await alerting(lines)).not.toContain(rule);
    });
  }
});
