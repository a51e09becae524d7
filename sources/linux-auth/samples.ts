import type { Sample } from '../sample.ts';

/** A line as rsyslog writes it to auth.log, with its time and host. */
function line(tagged: string): string {
  return `Mar  2 08:15:30 bastion-2 ${tagged}`;
}

const AT = '2026-03-02T08:15:30.000Z';

export const samples: readonly Sample[] = [
  {
    name: 'maps an accepted key',
    line: line(
      'sshd[4112]: Accepted publickey for deploy from 10.20.1.14 port 50514 ssh2: ED25519 SHA256:q1',
    ),
    expected: {
      at: AT,
      category: 'auth',
      action: 'login',
      outcome: 'success',
      severity: 1,
      sourceSystem: 'linux',
      sourceIntegration: 'linux-auth',
      sourceHost: 'bastion-2',
      actorType: 'user',
      actorId: 'deploy',
      actorName: 'deploy',
      targetType: 'asset',
      targetId: 'bastion-2',
      srcIp: '10.20.1.14',
      attributes: { app: 'sshd', pid: '4112', method: 'publickey', src_port: 50514 },
      logsources: ['linux//auth', 'linux//sshd'],
    },
  },
  {
    name: 'maps a failed password',
    line: line('sshd[4113]: Failed password for root from 203.0.113.40 port 40022 ssh2'),
    expected: {
      action: 'login',
      outcome: 'failure',
      severity: 3,
      actorId: 'root',
      srcIp: '203.0.113.40',
      attributes: { user: 'root', method: 'password' },
    },
  },
  {
    name: 'maps a failed password of a user that does not exist',
    line: line(
      'sshd[4113]: Failed password for invalid user oracle from 2001:db8::9 port 40022 ssh2',
    ),
    expected: {
      outcome: 'failure',
      actorId: 'oracle',
      srcIp: '2001:db8::9',
      attributes: { invalid_user: true },
    },
  },
  {
    name: 'does not let a user name forge the address',
    line: line(
      'sshd[4113]: Failed password for invalid user x from 10.0.0.1 port 1 ssh2 from 203.0.113.40 port 40022 ssh2',
    ),
    expected: { srcIp: '203.0.113.40', actorId: 'x from 10.0.0.1 port 1 ssh2' },
  },
  {
    name: 'does not count an invalid user as a second failed login',
    line: line('sshd[4113]: Invalid user oracle from 203.0.113.40 port 40022'),
    expected: {
      action: 'invalid_user',
      outcome: 'failure',
      actorId: 'oracle',
      srcIp: '203.0.113.40',
    },
  },
  {
    name: 'multiplies a repeated message',
    line: line(
      'sshd[4113]: message repeated 5 times: [ Failed password for root from 203.0.113.40 port 40022 ssh2]',
    ),
    expected: {
      action: 'login',
      outcome: 'failure',
      actorId: 'root',
      attributes: { failed_login_count: 5 },
    },
  },
  {
    name: 'maps a disconnect before authentication',
    line: line(
      'sshd[4113]: Connection closed by authenticating user root 203.0.113.40 port 40022 [preauth]',
    ),
    expected: { action: 'disconnect', outcome: '', actorId: 'root', srcIp: '203.0.113.40' },
  },
  {
    name: 'maps a received disconnect',
    line: line(
      'sshd[4113]: Received disconnect from 10.20.1.14 port 50514:11: disconnected by user',
    ),
    expected: { action: 'disconnect', actorId: '', srcIp: '10.20.1.14' },
  },
  {
    name: 'maps too many attempts',
    line: line(
      'sshd[4113]: error: maximum authentication attempts exceeded for invalid user pi from 203.0.113.40 port 40022 ssh2 [preauth]',
    ),
    expected: { action: 'max_attempts', outcome: 'failure', actorId: 'pi' },
  },
  {
    name: 'maps a user that is not allowed',
    line: line(
      'sshd[4113]: User guest from 203.0.113.40 not allowed because not listed in AllowUsers',
    ),
    expected: {
      action: 'denied_user',
      outcome: 'failure',
      actorId: 'guest',
      srcIp: '203.0.113.40',
    },
  },
  {
    name: 'maps a port scan of the daemon',
    line: line('sshd[4113]: Did not receive identification string from 203.0.113.40 port 40022'),
    expected: { action: 'probe', srcIp: '203.0.113.40' },
  },
  {
    name: 'keeps other lines of sshd as their text',
    line: line('sshd[811]: Server listening on 0.0.0.0 port 22.'),
    expected: { action: '', category: 'auth', message: 'Server listening on 0.0.0.0 port 22.' },
  },
  {
    name: 'maps sudo: who, as whom, what',
    line: line(
      'sudo:   mira : TTY=pts/1 ; PWD=/home/mira ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow ; USER=x',
    ),
    expected: {
      action: 'sudo',
      outcome: 'success',
      actorId: 'mira',
      attributes: {
        target_user: 'root',
        tty: 'pts/1',
        pwd: '/home/mira',
        command: '/usr/bin/cat /etc/shadow ; USER=x',
      },
      logsources: ['linux//auth', 'linux//sudo'],
    },
  },
  {
    name: 'counts the wrong passwords that sudo reports',
    line: line(
      'sudo:   mira : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
    ),
    expected: {
      action: 'sudo',
      outcome: 'failure',
      actorId: 'mira',
      attributes: { failed_login_count: 3 },
    },
  },
  {
    name: 'maps who is not in sudoers',
    line: line(
      'sudo:     eve : user NOT in sudoers ; TTY=pts/2 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
    ),
    expected: {
      action: 'sudo',
      outcome: 'failure',
      actorId: 'eve',
      attributes: { reason: 'user NOT in sudoers' },
    },
  },
  {
    name: 'maps su in its three ways of success',
    line: line('su[911]: Successful su for root by mira'),
    expected: {
      action: 'su',
      outcome: 'success',
      actorId: 'mira',
      attributes: { target_user: 'root' },
    },
  },
  {
    name: 'maps su by a sign',
    line: line('su[911]: - /dev/pts/0 mira:root'),
    expected: {
      action: 'su',
      outcome: 'failure',
      actorId: 'mira',
      attributes: { tty: '/dev/pts/0' },
    },
  },
  {
    name: 'maps su of util-linux',
    line: line('su[911]: FAILED SU (to root) mira on pts/0'),
    expected: { action: 'su', outcome: 'failure', actorId: 'mira', attributes: { tty: 'pts/0' } },
  },
  {
    name: 'maps su of BSD',
    line: line("su: 'su root' failed for lina on /dev/pts/8"),
    expected: {
      action: 'su',
      outcome: 'failure',
      actorId: 'lina',
      attributes: { target_user: 'root' },
    },
  },
  {
    name: 'maps an opened session to who opened it',
    line: line(
      'sudo: pam_unix(sudo:session): session opened for user root(uid=0) by mira(uid=1000)',
    ),
    expected: {
      action: 'session_opened',
      outcome: 'success',
      actorId: 'mira',
      attributes: { target_user: 'root', pam_service: 'sudo' },
    },
  },
  {
    name: 'maps a closed session of cron',
    line: line('CRON[77]: pam_unix(cron:session): session closed for user backup'),
    expected: {
      action: 'session_closed',
      actorId: 'backup',
      logsources: ['linux//auth', 'linux//cron'],
    },
  },
  {
    name: 'takes PAM lines of a program it does not know',
    line: line(
      'vsftpd: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser= rhost=203.0.113.40  user=eve',
    ),
    expected: {
      action: 'pam_auth',
      outcome: 'failure',
      actorId: 'eve',
      srcIp: '203.0.113.40',
      logsources: ['linux//auth'],
    },
  },
  {
    name: 'maps a session of logind',
    line: line('systemd-logind[502]: New session 31 of user mira.'),
    expected: { action: 'session_opened', actorId: 'mira' },
  },
  {
    name: 'maps a new user',
    line: line(
      'useradd[12]: new user: name=svc2, UID=1004, GID=1004, home=/home/svc2, shell=/bin/bash',
    ),
    expected: { action: 'user_created', severity: 3, attributes: { target_user: 'svc2' } },
  },
  {
    name: 'maps a changed password',
    line: line('passwd[12]: pam_unix(passwd:chauthtok): password changed for mira'),
    expected: {
      action: 'password_changed',
      outcome: 'success',
      attributes: { target_user: 'mira' },
    },
  },
  {
    name: 'reads the same behind an RFC 5424 header',
    line: '<86>1 2026-03-02T08:15:30.250Z bastion-2 sshd 4112 - - Failed password for root from 203.0.113.40 port 40022 ssh2',
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      action: 'login',
      outcome: 'failure',
      attributes: { pid: '4112', facility: 10, level: 6 },
    },
  },
];
