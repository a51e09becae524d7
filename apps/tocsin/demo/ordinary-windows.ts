import { DOMAIN, EMPLOYEES, type Employee, FILE_SERVER, SITES } from './cast.ts';
import type { Chance } from './chance.ts';
import { type DemoLine, windowsLine } from './demo-line.ts';

const PROGRAM_FILES = 'C:\\Program Files';
const PROGRAMS = [
  [`${PROGRAM_FILES}\\Browser\\browser.exe`, '"browser.exe" --type=renderer'],
  [`${PROGRAM_FILES}\\Office\\mail.exe`, '"mail.exe" /recycle'],
  [`${PROGRAM_FILES}\\Office\\sheet.exe`, '"sheet.exe" "C:\\Users\\Public\\Documents\\plan.xlsx"'],
  ['C:\\Windows\\System32\\notepad.exe', 'notepad.exe notes.txt'],
  ['C:\\Windows\\System32\\cmd.exe', 'cmd.exe /c dir'],
  ['C:\\Windows\\System32\\taskhostw.exe', 'taskhostw.exe'],
  [
    'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    'powershell.exe -NoProfile -File C:\\Scripts\\inventory.ps1',
  ],
] as const;

/** What happens on the desks: people log on, start programs, browse; Windows looks after itself. */
export function ordinaryWindows(chance: Chance, at: number): DemoLine[] {
  const employee = chance.pick(EMPLOYEES);
  const draw = chance.between(1, 100);
  if (draw <= 25) return logon(chance, at, employee);
  if (draw <= 60) return processStarts(chance, at, employee);
  if (draw <= 80) return browses(chance, at, employee);
  if (draw <= 90) return defenderLooks(at, employee);
  return upkeep(chance, at, employee);
}

function logon(chance: Chance, at: number, employee: Employee): DemoLine[] {
  const onServer = chance.happens(0.3);
  const host = onServer ? FILE_SERVER.name : employee.workstation;
  const account = {
    TargetUserName: employee.user,
    TargetDomainName: DOMAIN,
    LogonType: onServer ? '3' : '2',
    IpAddress: onServer ? employee.address : '127.0.0.1',
    TargetLogonId: `0x${chance.hex(6)}`,
  };
  const lines: DemoLine[] = [];
  if (chance.happens(0.08)) {
    const reason = { ...account, Status: '0xc000006d', SubStatus: '0xc000006a' };
    lines.push(windowsLine(at - 6000, host, 'Security', 4625, reason));
  }
  lines.push(windowsLine(at, host, 'Security', 4624, account));
  const end = at + chance.between(60_000, 1_800_000);
  lines.push(windowsLine(end, host, 'Security', 4634, account));
  return lines;
}

function processStarts(chance: Chance, at: number, employee: Employee): DemoLine[] {
  const [image, commandLine] = chance.pick(PROGRAMS);
  return [
    windowsLine(at, employee.workstation, 'Sysmon', 1, {
      Image: image,
      CommandLine: commandLine,
      ParentImage: 'C:\\Windows\\explorer.exe',
      User: `${DOMAIN}\\${employee.user}`,
      ProcessId: chance.between(1000, 20_000),
      Hashes: `SHA256=${chance.hex(64)}`,
    }),
  ];
}

function browses(chance: Chance, at: number, employee: Employee): DemoLine[] {
  const site = chance.pick(SITES);
  return [
    windowsLine(at, employee.workstation, 'Sysmon', 3, {
      Image: `${PROGRAM_FILES}\\Browser\\browser.exe`,
      User: `${DOMAIN}\\${employee.user}`,
      Protocol: 'tcp',
      Initiated: 'true',
      SourceIp: employee.address,
      SourcePort: chance.between(49_152, 65_535),
      DestinationIp: site.address,
      DestinationHostname: site.name,
      DestinationPort: 443,
    }),
  ];
}

function defenderLooks(at: number, employee: Employee): DemoLine[] {
  return [
    windowsLine(at, employee.workstation, 'Sysmon', 10, {
      SourceImage:
        'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24010.12-0\\MsMpEng.exe',
      TargetImage: 'C:\\Windows\\system32\\lsass.exe',
      GrantedAccess: '0x1410',
      SourceUser: 'NT AUTHORITY\\SYSTEM',
    }),
  ];
}

function upkeep(chance: Chance, at: number, employee: Employee): DemoLine[] {
  if (chance.happens(0.9)) {
    const service = chance.pick([
      'Windows Update',
      'Print Spooler',
      'Background Intelligent Transfer',
    ]);
    const fields = { param1: service, param2: chance.pick(['running', 'stopped']) };
    return [windowsLine(at, employee.workstation, 'System', 7036, fields)];
  }
  return [
    windowsLine(at, employee.workstation, 'System', 7045, {
      ServiceName: 'Office Update Helper',
      ImagePath: `"${PROGRAM_FILES}\\Office\\update-helper.exe"`,
      ServiceType: 'user mode service',
      StartType: 'auto start',
      AccountName: 'LocalSystem',
    }),
  ];
}
