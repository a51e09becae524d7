import { EMPLOYEES, type Employee, FILE_SERVER, RESOLVER, SITES } from './cast.ts';
import type { Chance } from './chance.ts';
import { type DemoLine, zeekLine } from './demo-line.ts';

const MEGABYTE = 1024 * 1024;

/** What the wire sees: names looked up, pages read, files opened. */
export function ordinaryNetwork(chance: Chance, at: number): DemoLine[] {
  const employee = chance.pick(EMPLOYEES);
  const draw = chance.between(1, 100);
  if (draw <= 55) return visit(chance, at, employee);
  if (draw <= 90) return fileShare(chance, at, employee);
  return [
    lookup(chance, at, employee, chance.pick(SITES).name, chance.happens(0.05) ? 'TXT' : 'AAAA'),
  ];
}

function visit(chance: Chance, at: number, employee: Employee): DemoLine[] {
  const site = chance.pick(SITES);
  const uid = `C${chance.word(17)}`;
  const ends = {
    'id.orig_h': employee.address,
    'id.orig_p': chance.between(49_152, 65_535),
    'id.resp_h': site.address,
    'id.resp_p': 443,
  };
  return [
    lookup(chance, at, employee, site.name, 'A'),
    zeekLine(at + 120, 'conn', uid, {
      ...ends,
      proto: 'tcp',
      service: 'ssl',
      duration: chance.between(1, 300) / 10,
      orig_bytes: chance.between(500, 2 * MEGABYTE),
      resp_bytes: chance.between(2000, 20 * MEGABYTE),
      conn_state: 'SF',
      local_orig: true,
      local_resp: false,
    }),
    zeekLine(at + 160, 'ssl', uid, {
      ...ends,
      version: 'TLSv13',
      cipher: 'TLS_AES_256_GCM_SHA384',
      server_name: site.name,
      established: true,
    }),
  ];
}

function lookup(
  chance: Chance,
  at: number,
  employee: Employee,
  query: string,
  type: 'A' | 'AAAA' | 'TXT',
): DemoLine {
  return zeekLine(at, 'dns', `C${chance.word(17)}`, {
    'id.orig_h': employee.address,
    'id.orig_p': chance.between(49_152, 65_535),
    'id.resp_h': RESOLVER,
    'id.resp_p': 53,
    proto: 'udp',
    query,
    qtype_name: type,
    rcode_name: 'NOERROR',
  });
}

function fileShare(chance: Chance, at: number, employee: Employee): DemoLine[] {
  return [
    zeekLine(at, 'conn', `C${chance.word(17)}`, {
      'id.orig_h': employee.address,
      'id.orig_p': chance.between(49_152, 65_535),
      'id.resp_h': FILE_SERVER.address,
      'id.resp_p': 445,
      proto: 'tcp',
      service: 'smb',
      duration: chance.between(1, 600) / 10,
      orig_bytes: chance.between(1000, 40 * MEGABYTE),
      resp_bytes: chance.between(1000, 80 * MEGABYTE),
      conn_state: 'SF',
      local_orig: true,
      local_resp: true,
    }),
  ];
}
