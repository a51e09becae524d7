const TABLE = new Int32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  TABLE[byte] = value;
}

/** CRC-32 (ISO 3309, as in zip) of parts of a block, one after another. */
export function crc32(
  bytes: Uint8Array,
  ...parts: readonly (readonly [from: number, end: number])[]
): number {
  let crc = -1;
  for (const [from, end] of parts) {
    for (let at = from; at < end; at += 1) {
      crc = (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
    }
  }
  return (crc ^ -1) >>> 0;
}
