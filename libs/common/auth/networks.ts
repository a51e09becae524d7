import { BlockList, isIP } from 'node:net';

/** Most networks of one list. */
export const NETWORKS_MAX = 32;

/** Networks that a credential may be used from. IPv4 in an IPv6 form counts as IPv4. */
export class Networks {
  readonly #list = new BlockList();

  /** @param texts - UNTRUSTED: see {@link isNetwork}; what is none matches nothing */
  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const network = parse(text);
      if (network === undefined) continue;
      this.#list.addSubnet(network.address, network.bits, network.family);
    }
  }

  /** Says whether an address, as a socket tells it, lies in one of them. */
  includes(address: string): boolean {
    const [bare = ''] = address.split('%');
    const version = isIP(bare);
    if (version === 0) return false;
    return this.#list.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  }
}

/** Says whether an untrusted text is a network or an address: `192.0.2.0/24`, `2001:db8::/32`, `192.0.2.7`. */
export function isNetwork(text: string): boolean {
  return parse(text) !== undefined;
}

interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Prefix lengths have one spelling, so that `/024` or `/+8` is a mistake and not a network nobody meant. */
function parse(text: string): Network | undefined {
  const [address = '', length, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0 || address.includes('%')) return undefined;
  const bitsMax = version === 4 ? 32 : 128;
  if (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const bits = length === undefined ? bitsMax : Number(length);
  if (bits > bitsMax) return undefined;
  return { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}
