/** Bounds of a server. Each protects the process from one kind of client. */
export interface HttpLimits {
  /** Largest JSON body, in bytes; raw routes state their own. */
  readonly bodyBytesMax: number;
  /** Largest set of headers, in bytes. */
  readonly headerBytesMax: number;
  /** Most connections at once; further ones are closed at accept. */
  readonly connectionsMax: number;
  /** Most connections of one address at once; IPv6 addresses of one /64 count as one, the machine's own not at all. */
  readonly connectionsPerAddressMax: number;
  /** Longest time for headers to arrive, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** Longest time for a whole request to arrive, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Longest time in which a connection with a request on it moves no byte, in milliseconds. */
  readonly silenceMs: number;
  /** How long an idle connection is kept, in milliseconds. */
  readonly keepAliveMs: number;
  /** How often slow requests are looked for, in milliseconds. */
  readonly slowCheckMs: number;
}

/** The bounds where nothing else is said. */
export const HTTP_LIMITS: HttpLimits = {
  bodyBytesMax: 1024 * 1024,
  headerBytesMax: 16 * 1024,
  connectionsMax: 4096,
  connectionsPerAddressMax: 1024,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 60_000,
  silenceMs: 120_000,
  keepAliveMs: 72_000,
  slowCheckMs: 2_000,
};
