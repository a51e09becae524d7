/** Largest body as received, bytes. */
export const BODY_BYTES_MAX = 10 * 1024 * 1024;
/** Largest body after decompression, bytes: the cap counts output, whatever the encoding claims. */
export const DECODED_BYTES_MAX = 20 * 1024 * 1024;
/** Largest single event or line, bytes. */
export const EVENT_BYTES_MAX = 256 * 1024;
/** Most items in one request. */
export const ITEMS_MAX = 50_000;
/** Most refused items that are described one by one; all are counted. */
export const REFUSALS_LISTED_MAX = 100;
/** Longest source hint, characters. */
export const SOURCE_HINT_LENGTH_MAX = 64;
