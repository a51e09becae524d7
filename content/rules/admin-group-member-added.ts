import type { RuleDocument } from '../rule-document.ts';

/** Well-known ids: the local Administrators, and how those of Domain and Enterprise Admins end. */
const LOCAL_ADMINISTRATORS = 'S-1-5-32-544';
const DOMAIN_ENDINGS = ['-512', '-519'];

/** An account got the rights of an administrator. */
export const adminGroupMemberAdded: RuleDocument = {
  id: 'admin-group-member-added',
  name: 'admin_group_member_added',
  version: 1,
  kind: 'match',
  title: 'Account added to a group of administrators',
  description: 'An account was added to a group of administrators on {group}',
  severity: 6,
  category: 'auth',
  logsources: [{ product: 'windows', service: 'security' }],
  group_by: ['source.host'],
  condition: {
    all: [
      { field: 'action', equals: 'group_member_added' },
      {
        any: [
          { field: 'attributes.TargetSid', equals: LOCAL_ADMINISTRATORS },
          { field: 'attributes.TargetSid', ends_with: DOMAIN_ENDINGS },
        ],
      },
    ],
  },
  parameters: {},
  tags: ['attack.persistence', 'attack.t1098.007'],
  false_positives: ['Administration that was asked for'],
};
