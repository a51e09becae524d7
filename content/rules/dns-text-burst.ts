import type { RuleDocument } from '../rule-document.ts';

/** Data can leave, and orders come in, inside questions and answers of the name service. */
export const dnsTextBurst: RuleDocument = {
  id: 'dns-text-burst',
  name: 'dns_text_burst',
  version: 1,
  kind: 'threshold',
  title: 'Burst of DNS text queries',
  description: '{count} DNS queries for text records from {group} within 5 minutes of each other',
  severity: 5,
  category: 'network',
  logsources: [{ product: 'zeek', service: 'dns' }],
  group_by: ['src_ip'],
  condition: { field: 'attributes.qtype_name', equals: ['TXT', 'NULL'] },
  parameters: { threshold: 60, window_seconds: 300 },
  tags: ['attack.command_and_control', 'attack.t1071.004', 'attack.exfiltration'],
  false_positives: ['Mail servers that check senders', 'Resolvers that ask for many clients'],
};
