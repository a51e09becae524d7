/** An address as eight groups of 16 bits. IPv4 is mapped: `::ffff:a.b.c.d`, so that both spellings are one address. */
export type Address = readonly number[];

/** A network: an address whose host bits are zero, and how many bits of it count (of 128). */
export interface CidrNetwork {
  readonly text: string;
  readonly address: Address;
  readonly prefix: number;
}

const IPV4_PREFIX = 96;

/** Reads an IPv4 or IPv6 address as text. A zone id (`%eth0`) is left out. UNTRUSTED; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  if (text.length < 2 || text.length > 64) return undefined;
  const zone = text.indexOf('%');
  const bare = zone > 0 ? text.slice(0, zone) : text;
  return bare.includes(':') ? parseIpv6(bare) : parseIpv4(bare);
}

function parseIpv4(text: string): Address | undefined {
  const match = IPV4.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1).map(Number);
  if (a > 255 || b > 255 || c > 255 || d > 255) return undefined;
  return [0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d];
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(ipv6Groups);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function ipv6Groups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const pieces = text.split(':');
  for (const [index, piece] of pieces.entries()) {
    if (index === pieces.length - 1 && piece.includes('.')) {
      const mapped = parseIpv4(piece);
      if (mapped === undefined) return undefined;
      groups.push(mapped[6] ?? 0, mapped[7] ?? 0);
    } else if (/^[0-9a-f]{1,4}$/i.test(piece)) groups.push(Number.parseInt(piece, 16));
    else return undefined;
  }
  return groups;
}

/** Reads `address/prefix`. Undefined when it is not valid, or when bits after the prefix are set. */
export function parseNetwork(text: string): CidrNetwork | undefined {
  const [host = '', length, ...rest] = text.trim().split('/');
  const address = host.includes('%') ? undefined : parseAddress(host);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = host.includes(':') ? 128 : 32;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const stated = length === undefined ? bits : Number(length);
  if (stated > bits) return undefined;
  const prefix = bits === 32 ? IPV4_PREFIX + stated : stated;
  const network = { text: text.trim(), address, prefix };
  return hostBitsAreZero(network) ? network : undefined;
}

function hostBitsAreZero({ address, prefix }: CidrNetwork): boolean {
  return address.every((group, index) => (group & ~groupMask(prefix, index) & 0xffff) === 0);
}

function groupMask(prefix: number, index: number): number {
  const bits = Math.min(16, Math.max(0, prefix - index * 16));
  return (0xffff << (16 - bits)) & 0xffff;
}

/** Whether an address lies in a network. */
export function inNetwork(address: Address, network: CidrNetwork): boolean {
  for (let index = 0; index * 16 < network.prefix; index += 1) {
    const mask = groupMask(network.prefix, index);
    if (((address[index] ?? 0) & mask) !== network.address[index]) return false;
  }
  return true;
}
