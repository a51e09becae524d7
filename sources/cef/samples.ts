import type { Sample } from '../sample.ts';

const HEADER = 'CEF:0|Hollow|Gate|3.1|100|Connection refused|7|';

export const samples: readonly Sample[] = [
  {
    name: 'maps a message with header, time, both ends and a custom member',
    line: `${HEADER}rt=1772439330250 src=10.20.1.14 spt=50514 dst=203.0.113.40 dpt=443 act=blocked cs1=lobby cs1Label=zone msg=over the limit`,
    expected: {
      at: '2026-03-02T08:15:30.250Z',
      category: 'network',
      severity: 7,
      action: 'blocked',
      outcome: 'failure',
      sourceSystem: 'Hollow',
      sourceIntegration: 'cef',
      srcIp: '10.20.1.14',
      dstIp: '203.0.113.40',
      actorType: 'device',
      targetId: '203.0.113.40',
      message: 'over the limit',
      attributes: { deviceProduct: 'Gate', deviceEventClassId: '100', zone: 'lobby', dpt: '443' },
    },
  },
  {
    name: 'reads it behind a syslog header, whose host sent it',
    line: `<134>Mar  2 08:15:31 gate-1 ${HEADER}suser=mira`,
    expected: {
      at: '2026-03-02T08:15:31.000Z',
      sourceIntegration: 'cef',
      sourceHost: 'gate-1',
      actorType: 'user',
      actorId: 'mira',
    },
  },
  {
    name: 'reads it behind a tag and an RFC 5424 header',
    line: `<134>1 2026-03-02T08:15:31Z gate-1 gated 7 - - ${HEADER}suser=mira`,
    expected: { sourceIntegration: 'cef', at: '2026-03-02T08:15:31.000Z', sourceHost: 'gate-1' },
  },
  {
    name: 'reads it behind an RFC 5424 header that breaks off',
    line: `<134>1 2026-03-02T08:15:31Z gate-1 ${HEADER}suser=mira`,
    expected: { sourceIntegration: 'cef', sourceHost: 'gate-1', actorId: 'mira' },
  },
  {
    name: 'reads times in words',
    line: `${HEADER}rt=Mar 02 2026 08:15:30 src=10.20.1.14`,
    expected: { at: '2026-03-02T08:15:30.000Z' },
  },
  {
    name: 'takes a key only behind a blank, so that an equals sign in a value is one',
    line: `${HEADER}request=/a?b=1&c=2 msg=x=1 and y\\=2 suser=`,
    expected: { attributes: { request: '/a?b=1&c=2', msg: 'x=1 and y=2', suser: '' } },
  },
  {
    name: 'unescapes header and values, and leaves paths alone',
    line: 'CEF:0|Hol\\|low|Gate|1|1|na\\\\me|Very-High|filePath=C:\\Users\\mira msg=a\\=b\\nc',
    expected: {
      sourceSystem: 'Hol|low',
      severity: 10,
      attributes: { name: 'na\\me', filePath: 'C:\\Users\\mira', msg: 'a=b\nc' },
    },
  },
  {
    name: 'maps a login by its name',
    line: 'CEF:0|Hollow|Vault|1|7|User Logon|3|suser=mira outcome=failure src=10.20.1.14',
    expected: { category: 'auth', outcome: 'failure', actorId: 'mira' },
  },
  {
    name: 'keeps the pair when the name it gives is taken',
    line: `${HEADER}src=10.20.1.14 cs1=x cs1Label=src`,
    expected: { srcIp: '10.20.1.14', attributes: { cs1: 'x', cs1Label: 'src' } },
  },
  {
    name: 'says so when there are more members than it takes',
    line: HEADER + Array.from({ length: 600 }, (_, index) => `k${index}=v`).join(' '),
    expected: { parseStatus: 'partial', parseError: 'too_many_members' },
  },
  {
    name: 'leaves a header that breaks off to others',
    line: 'CEF:0|Hollow|Gate|3.1',
    expected: { sourceIntegration: 'text', parseStatus: 'partial' },
  },
  {
    name: 'does not let __proto__ change anything',
    line: `${HEADER}__proto__=x cs1Label=__proto__ cs1=y`,
    expected: { sourceIntegration: 'cef' },
  },
];
