import type { Condition } from '../rule-document.ts';

/** How addresses begin that are not routed on the internet: RFC 1918, 3927, 4193, 4291, 6598, and multicast. */
const STARTS: string[] = [
  ...['10.', '127.', '169.254.', '192.168.', '::1', 'fc', 'fd', 'fe80:', 'ff', '255.'],
  ...Array.from({ length: 16 }, (_, index) => `172.${16 + index}.`),
  ...Array.from({ length: 64 }, (_, index) => `100.${64 + index}.`),
  ...Array.from({ length: 16 }, (_, index) => `${224 + index}.`),
];

/** The event comes from an address inside. */
export const FROM_PRIVATE: Condition = { field: 'src_ip', starts_with: STARTS };

/** The event goes to an address on the internet. */
export const TO_PUBLIC: Condition = {
  all: [{ field: 'dst_ip', exists: true }, { not: { field: 'dst_ip', starts_with: STARTS } }],
};
