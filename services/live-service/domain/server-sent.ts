/** One message of `text/event-stream` (WHATWG HTML, server-sent events). `data` is printed as JSON, so it is one line. */
export function serverSent(event: string, data: object, id?: string): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A comment that keeps proxies and readers from taking the silence for an end. */
export const HEARTBEAT = ': heartbeat\n\n';
