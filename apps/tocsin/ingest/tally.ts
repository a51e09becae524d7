/** What became of the input so far. */
export interface Tally {
  read: number;
  bytes: number;
  accepted: number;
  refused: number;
  stored: number;
  duplicate: number;
  dead_lettered: number;
  parse_failed: number;
  /** Requests sent again after a broken connection, under the same key: the server stores their items once. */
  repeated_requests: number;
}

/** Nothing yet. */
export function emptyTally(): Tally {
  return {
    read: 0,
    bytes: 0,
    accepted: 0,
    refused: 0,
    stored: 0,
    duplicate: 0,
    dead_lettered: 0,
    parse_failed: 0,
    repeated_requests: 0,
  };
}
