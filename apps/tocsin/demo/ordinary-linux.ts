import { ADMINISTRATORS, BASTION, LINUX_SERVERS } from './cast.ts';
import type { Chance } from './chance.ts';
import { authLine, type DemoLine } from './demo-line.ts';

const COMMANDS = [
  '/usr/bin/systemctl restart nginx',
  '/usr/bin/systemctl status postgresql',
  '/usr/bin/apt update',
  '/usr/bin/apt upgrade -y',
  '/usr/bin/tail -n 100 /var/log/syslog',
  '/usr/bin/journalctl -u app --since today',
  '/bin/cat /etc/nginx/nginx.conf',
];
const GUESSED = ['admin', 'oracle', 'test', 'ubuntu', 'ftp', 'guest', 'pi', 'mysql'];

/** What administrators and timers do on Linux servers, and the guessing that every open port sees. */
export function ordinaryLinux(chance: Chance, at: number): DemoLine[] {
  const draw = chance.between(1, 100);
  if (draw <= 35) return timerRuns(chance, at);
  if (draw <= 80) return adminVisits(chance, at);
  return strangerKnocks(chance, at);
}

function timerRuns(chance: Chance, at: number): DemoLine[] {
  const { name } = chance.pick(LINUX_SERVERS);
  const tag = `CRON[${chance.between(2000, 60_000)}]`;
  return [
    authLine(
      at,
      name,
      tag,
      'pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)',
    ),
    authLine(at + 1000, name, tag, 'pam_unix(cron:session): session closed for user root'),
  ];
}

function adminVisits(chance: Chance, at: number): DemoLine[] {
  const { user, address } = chance.pick(ADMINISTRATORS);
  const { name } = chance.pick(LINUX_SERVERS);
  const tag = `sshd[${chance.between(2000, 60_000)}]`;
  const port = chance.between(40_000, 65_000);
  const lines: DemoLine[] = [];
  let time = at;
  if (chance.happens(0.1)) {
    const failed = `Failed password for ${user} from ${address} port ${port} ssh2`;
    lines.push(authLine(time, name, tag, failed));
    time += 4000;
  }
  const key = `ED25519 SHA256:${chance.word(43)}`;
  const accepted = `Accepted publickey for ${user} from ${address} port ${port} ssh2: ${key}`;
  lines.push(authLine(time, name, tag, accepted));
  const opened = `pam_unix(sshd:session): session opened for user ${user}(uid=1000) by (uid=0)`;
  lines.push(authLine(time + 1000, name, tag, opened));
  for (let count = chance.between(0, 2); count > 0; count -= 1) {
    time += chance.between(20_000, 90_000);
    lines.push(sudoLine(time, name, user, chance.pick(COMMANDS)));
  }
  const end = time + chance.between(60_000, 240_000);
  lines.push(authLine(end, name, tag, `pam_unix(sshd:session): session closed for user ${user}`));
  return lines;
}

function sudoLine(at: number, host: string, user: string, command: string): DemoLine {
  const message = `${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=${command}`;
  return authLine(at, host, 'sudo', message);
}

/** One or two guesses from somewhere, never enough for a rule. */
function strangerKnocks(chance: Chance, at: number): DemoLine[] {
  const user = chance.pick(GUESSED);
  const address = `192.0.2.${chance.between(200, 250)}`;
  const tag = `sshd[${chance.between(2000, 60_000)}]`;
  const from = `${address} port ${chance.between(30_000, 65_000)}`;
  return [
    authLine(at, BASTION.name, tag, `Invalid user ${user} from ${from}`),
    authLine(
      at + 1000,
      BASTION.name,
      tag,
      `Failed password for invalid user ${user} from ${from} ssh2`,
    ),
    authLine(
      at + 3000,
      BASTION.name,
      tag,
      `Connection closed by invalid user ${user} ${from} [preauth]`,
    ),
  ];
}
