import { FROM_PRIVATE, TO_PUBLIC } from '../conditions/private-address.ts';
import type { RuleDocument } from '../rule-document.ts';

/** 2 GiB, the sum of what one machine sends to the internet within an hour. */
const BYTES = 2 * 1024 ** 3;

/** Much more leaves a machine than it usually sends. */
export const largeOutboundTransfer: RuleDocument = {
  id: 'large-outbound-transfer',
  name: 'large_outbound_transfer',
  version: 1,
  kind: 'threshold',
  title: 'Large transfer to the internet',
  description: '{group} sent {total} bytes to the internet, with no pause of an hour',
  severity: 7,
  category: 'network',
  logsources: [{ product: 'zeek', service: 'conn' }],
  group_by: ['src_ip'],
  condition: { all: [FROM_PRIVATE, TO_PUBLIC] },
  parameters: { threshold: BYTES, window_seconds: 3600, sum: 'attributes.orig_bytes' },
  tags: ['attack.exfiltration', 'attack.t1048'],
  false_positives: ['Backups to a cloud', 'Uploads of media'],
};
