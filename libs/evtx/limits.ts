/** Bytes of the file header block; chunks follow. */
export const FILE_HEADER_BYTES = 4096;
/** Bytes of a chunk, always. */
export const CHUNK_BYTES = 65_536;
/** Bytes of a chunk's header with its tables; records follow. */
export const CHUNK_HEADER_BYTES = 512;
/** Smallest record: header of 24 bytes and the copy of its size. */
export const RECORD_BYTES_MIN = 28;

/** Deepest nesting of elements, templates and embedded fragments together. Windows stays below 10. */
export const DEPTH_MAX = 48;
/** Values one template instance may carry. */
export const VALUES_MAX = 4096;
/** BinXML tokens read in one chunk. Each takes a byte or more, so only overlapping templates can pass it. */
export const CHUNK_TOKENS_MAX = 262_144;
/** UTF-16 units one record may become; a record of 64 KB without tricks becomes about 130,000. */
export const RECORD_UNITS_MAX = 1_048_576;
/** UTF-16 units all records of a chunk may become. */
export const CHUNK_UNITS_MAX = 33_554_432;
/** What every rendered node and value counts beside its text, so that empty ones are bounded too. */
export const NODE_UNITS = 16;
/** Faults kept with their words for a chunk; more are only counted. */
export const CHUNK_FAULTS_MAX = 64;
