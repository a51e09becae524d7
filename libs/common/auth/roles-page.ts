import { PERMISSIONS, type Permission, ROLES, type Role, roleGrants, SCOPES } from './role.ts';

/** What each permission allows, in words. */
const MEANINGS: Readonly<Record<Permission, string>> = {
  'events:write': 'send events',
  'events:read': 'search and read events',
  'alerts:read': 'search and read alerts',
  'alerts:write': 'change alerts',
  'incidents:read': 'search and read incidents',
  'incidents:write': 'change, merge and unmerge incidents',
  'cases:read': 'search and read cases',
  'cases:write': 'open and change cases, comment, link alerts',
  'rules:read': 'read detection rules',
  'rules:write': 'change detection rules',
  'queues:read': 'see how much waits in queues, and what could not be handled',
  'queues:write': 'send what could not be handled again, or throw it away',
  'notifications:read': 'read what the tenant was told, and whether its webhook was called',
  'notifications:write': 'set the webhook that is called',
  'tenants:read':
    'list tenants, who is logged in and which rules of the installation run late, and read the audit log of the platform',
  'tenants:write':
    'create, change, suspend and delete tenants, log anybody out, and put rules of the installation back on the hot path',
  'audit:read': "read and export the tenant's audit log",
  'keys:read': 'list API keys, without what opens them, and who is logged in to the tenant',
  'keys:write': 'make, rotate and revoke API keys, and log people out of the tenant',
};

/** For whom each role is. */
const PEOPLE: Readonly<Record<Role, string>> = {
  platform_admin: 'who runs the installation: tenants themselves, no data of any tenant',
  tenant_admin: 'who runs security in one tenant',
  soc_analyst: 'who works on alerts and cases in one tenant',
  auditor: 'who looks at all of one tenant and changes nothing',
};

/** Prints the reference page of roles and permissions. */
export function rolesPage(): string {
  const rows = PERMISSIONS.map((permission) => {
    const marks = ROLES.map((role) => (roleGrants(role, permission) ? 'yes' : ''));
    const scope = SCOPES.some((one) => one === permission) ? 'yes' : '';
    return `| \`${permission}\` | ${[MEANINGS[permission], ...marks, scope].join(' | ')} |`;
  });
  const people = ROLES.map((role) => `- \`${role}\`: ${PEOPLE[role]}`);
  const heads = ['permission', 'allows', ...ROLES.map((role) => `\`${role}\``), 'keys, services'];
  return [
    '# Roles and permissions',
    '',
    'Printed from the table in the code by `node scripts/dev/write-reference.ts`; a test keeps it current.',
    '',
    'Each route asks for one permission (`x-tocsin-permission` in `openapi.json`). A person has one role, in one tenant:',
    '',
    ...people,
    '',
    'An API key, or a token with `role: service`, has no role: it may do what its scopes name, out of those marked in the',
    'last column. What is not in this table is not allowed; a token with another role, or none, is refused.',
    '',
    `| ${heads.join(' | ')} |`,
    `|${heads.map(() => '---').join('|')}|`,
    ...rows,
    '',
  ].join('\n');
}
