/** The addresses of a range, as texts an engine without an address type can compare. */
export interface AddressRange {
  /** Whole addresses, of a range of at most 128. */
  readonly addresses: readonly string[];
  /** Beginnings such as `10.1.`, of a longer range. */
  readonly prefixes: readonly string[];
}

const IPV4_RANGE = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/**
 * Parses an IPv4 range such as `10.1.0.0/16`; undefined when the text is none. Bits past the mask
 * are ignored: `10.1.2.3/16` means its network. At most 128 texts come of it. UNTRUSTED: `text`.
 */
export function parseAddressRange(text: string): AddressRange | undefined {
  const parts = IPV4_RANGE.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const bits = parts.pop() ?? 0;
  if (bits > 32 || parts.some((octet) => octet > 255)) return undefined;
  const whole = Math.floor(bits / 8);
  const start = parts.slice(0, whole);
  if (bits === 32) return { addresses: [start.join('.')], prefixes: [] };
  const head = start.map((octet) => `${octet}.`).join('');
  if (bits % 8 === 0) return { addresses: [], prefixes: [head] };
  const size = 2 ** (8 - (bits % 8));
  const first = Math.floor((parts[whole] ?? 0) / size) * size;
  const texts = Array.from({ length: size }, (_, index) => `${head}${first + index}`);
  if (whole === 3) return { addresses: texts, prefixes: [] };
  return { addresses: [], prefixes: texts.map((prefix) => `${prefix}.`) };
}
