/**
 * The part of an address that one party holds: an IPv4 address whole, an IPv6 address up to its /64, for a single
 * host can use any of the 2^64 behind it. IPv4 inside IPv6 (`::ffff:`) counts as IPv4.
 *
 * @param address - as sockets give it: no brackets, maybe with a zone
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%');
  if (!plain.includes(':')) return plain;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  const [front = '', back] = plain.split('::');
  const head = front === '' ? [] : front.split(':');
  const tail = back === undefined || back === '' ? [] : back.split(':');
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  const groups = [...head, ...(back === undefined ? [] : zeros), ...tail];
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

/** Says whether an address is of this machine itself. */
export function isOwnMachine(address: string): boolean {
  return address === '' || address === '::1' || /^(::ffff:)?127\./i.test(address);
}
