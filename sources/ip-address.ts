const V4_IN_V6 = '::ffff:';
/** Longest text form of an address with a zone. */
const ADDRESS_LENGTH_MAX = 64;

/**
 * An untrusted value as an address, or `''`. Checks only the alphabet, which is enough to keep names, `-` and
 * injected text out of address columns; an IPv4 address mapped into IPv6 is given as IPv4.
 */
export function ipOf(value: unknown): string {
  if (typeof value !== 'string' || value.length < 2 || value.length > ADDRESS_LENGTH_MAX) return '';
  let dots = 0;
  let colons = 0;
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    if (unit === 46) dots += 1;
    else if (unit === 58) colons += 1;
    else if (unit === 37 && colons > 1) return value.slice(0, index);
    else if (!isHexDigit(unit)) return '';
  }
  if (colons === 0) return dots === 3 ? value : '';
  if (colons < 2) return '';
  return dots === 3 && value.startsWith(V4_IN_V6) ? value.slice(V4_IN_V6.length) : value;
}

function isHexDigit(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 102) || (unit >= 65 && unit <= 70);
}
