/** The company of the sample: who works there, on what, and who attacks it. Every name and address is made up. */

/** Windows domain of the company. */
export const DOMAIN = 'CORP';

/** An employee with a workstation. */
export interface Employee {
  readonly user: string;
  readonly workstation: string;
  readonly address: string;
}

const NAMES = [
  ...['amelia.hart', 'bruno.keller', 'carla.nunes', 'dmitri.volkov', 'elena.rossi', 'farid.aziz'],
  ...['greta.lind', 'hugo.martin', 'ines.lopez', 'jonas.weber', 'kaya.demir', 'liam.obrien'],
  ...['maya.patel', 'nils.berg', 'olga.petrova', 'pavel.novak', 'quinn.tate', 'rosa.silva'],
  ...['sven.olsen', 'tara.singh', 'uma.rao', 'viktor.nagy', 'wanda.kowal', 'yuki.tanaka'],
];

export const EMPLOYEES: readonly Employee[] = NAMES.map((user, index) => ({
  user,
  workstation: `WS-${String(index + 1).padStart(2, '0')}.corp.example`,
  address: `10.20.1.${index + 11}`,
}));

/** Those who log in to servers. */
export const ADMINISTRATORS: readonly Employee[] = EMPLOYEES.slice(0, 5);

/** A server with its address. */
export interface Server {
  readonly name: string;
  readonly address: string;
}

export const BASTION: Server = { name: 'bastion-01', address: '10.20.0.15' };
export const FILE_SERVER: Server = { name: 'FS-01.corp.example', address: '10.20.0.31' };
export const RESOLVER = '10.20.0.10';

export const LINUX_SERVERS: readonly Server[] = [
  BASTION,
  { name: 'web-01', address: '10.20.0.21' },
  { name: 'web-02', address: '10.20.0.22' },
  { name: 'db-01', address: '10.20.0.41' },
  { name: 'app-01', address: '10.20.0.51' },
];

/** The stolen account, and where the attacker is (documentation addresses, RFC 5737). */
export const VICTIM_ACCOUNT = 'svc-deploy';
export const ATTACKER_ADDRESS = '203.0.113.66';
export const DROP_ADDRESS = '198.51.100.23';

/** Well-known sites that ordinary traffic goes to, with made-up addresses (RFC 5737). */
export const SITES: readonly { readonly name: string; readonly address: string }[] = [
  { name: 'mail.example.com', address: '192.0.2.25' },
  { name: 'docs.example.com', address: '192.0.2.40' },
  { name: 'video.example.net', address: '192.0.2.77' },
  { name: 'news.example.org', address: '198.51.100.90' },
  { name: 'updates.example.com', address: '192.0.2.110' },
  { name: 'cdn.example.net', address: '198.51.100.140' },
  { name: 'chat.example.com', address: '192.0.2.161' },
];
