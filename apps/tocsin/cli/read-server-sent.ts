/** A message of `text/event-stream`, without its comments. */
export interface ServerSent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Largest message read, in characters; a stream with a larger one is no stream of ours. */
const MESSAGE_MAX = 16 * 1024 * 1024;

/** The messages of a stream as they come, whatever pieces its bytes come in. UNTRUSTED: the bytes. */
export async function* readServerSent(chunks: AsyncIterable<Buffer>): AsyncGenerator<ServerSent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const message = parseMessage(text.slice(0, end));
      text = text.slice(end + 2);
      if (message !== undefined) yield message;
    }
    if (text.length > MESSAGE_MAX) return;
  }
}

function parseMessage(block: string): ServerSent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return { id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data };
}
