import pg from 'pg';

/**
 * One connection outside of the pools, for the work before they open. A server that ends between two queries makes
 * the driver emit `error`, which without a listener would end this process; the next query fails and says the same.
 */
export function singleClient(config: pg.ClientConfig): pg.Client {
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  return client;
}
