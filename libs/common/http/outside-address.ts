import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Networks that are not the public internet: IANA special-purpose registries (RFC 6890), multicast, and reserved. */
const NOT_PUBLIC_4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
/** Within 2000::/3, the only block of global unicast: Teredo, benchmarks, documentation, and 6to4, which embeds IPv4. */
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const notPublic = listOf([...NOT_PUBLIC_4, ...NOT_PUBLIC_6]);
const unicast6 = listOf(['2000::/3']);

/** Which addresses outside the installation may be called. */
export interface OutsideAddresses {
  /** True for a public address, and for one in the allowed networks. UNTRUSTED text; anything but an address is false. */
  mayCall(address: string): boolean;
  /** True for an address in the allowed networks: there calls without TLS are fine too. */
  isAllowedNetwork(address: string): boolean;
}

/**
 * Keeps calls that people configure (webhooks) away from the installation's own network: loopback, private and
 * link-local addresses, and so the metadata services of clouds.
 *
 * @param allowed addresses or networks (`10.1.0.0/16`) that may be called all the same
 */
export function outsideAddresses(allowed: readonly string[]): OutsideAddresses {
  const networks = listOf(allowed);
  const isAllowedNetwork = (address: string): boolean => isIn(networks, plain(address));
  return {
    isAllowedNetwork,
    mayCall: (address) => isAllowedNetwork(address) || isPublic(plain(address)),
  };
}

function isPublic(address: string): boolean {
  if (isIPv4(address)) return !isIn(notPublic, address);
  return isIn(unicast6, address) && !isIn(notPublic, address);
}

/** An IPv4 address in IPv6's clothes (`::ffff:10.0.0.1`) is judged as what it is. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}

function isIn(list: BlockList, address: string): boolean {
  if (isIPv4(address)) return list.check(address, 'ipv4');
  return isIPv6(address) && list.check(address, 'ipv6');
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(
      address,
      bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits),
      family,
    );
  }
  return list;
}
