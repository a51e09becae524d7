import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { FrameContentType } from '@tocsin/bus/frame.ts';
import type { RawRequest } from '@tocsin/http/raw-route.ts';
import type { RouteReply } from '@tocsin/http/route.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import { decodeBody } from '../domain/decode-body.ts';
import type { FrameCoalescer } from '../domain/frame-coalescer.ts';
import { parseIdempotencyKey } from '../domain/keyed-frames.ts';
import { DECODED_BYTES_MAX } from '../domain/limits.ts';
import type { ReadItems } from '../domain/read-events.ts';
import { formatReceipt } from '../domain/receipt.ts';
import { ingestReply } from '../domain/reply.ts';
import type { IngestCounters } from '../ingest-counters.ts';

/** What the ingest routes need. */
export interface IngestDeps {
  readonly coalescer: FrameCoalescer;
  /** Key of the MAC in receipts: 32 secret bytes. */
  readonly receiptKey: Buffer;
  readonly counters: IngestCounters;
}

/** How one route reads its body. */
export interface AcceptForm {
  readonly contentType: FrameContentType;
  readonly sourceHint: string;
  readonly read: (body: Buffer) => ReadItems;
}

/**
 * The source of what is sent. A key that is bound to a source sends lines of that source and nothing else: wrapped lines
 * and canonical events name sources of their own.
 *
 * @throws Problem `forbidden`
 */
function boundSource({ principal }: RawRequest<unknown>, form: AcceptForm): string {
  const { source } = principal;
  if (source === undefined) return form.sourceHint;
  const fits = form.sourceHint === '' || form.sourceHint === source;
  if (fits && form.contentType === 'text/plain') return source;
  throw new Problem('forbidden', {
    detail: `this API key sends raw lines of the source ${source} only: POST /v1/ingest/raw?source=${source}`,
  });
}

/** Decodes, reads, makes durable, then answers 202 (design 3.1). Every refused item and request is counted. */
export async function accept(
  deps: IngestDeps,
  tenant: TenantContext,
  request: RawRequest<unknown>,
  form: AcceptForm,
): Promise<RouteReply> {
  const { counters } = deps;
  try {
    const sourceHint = boundSource(request, form);
    const body = await decodeBody(request.body, request.contentEncoding, DECODED_BYTES_MAX);
    request.meter.decompressedBytes(body.length);
    const read = form.read(body);
    request.meter.events(read.count + read.refusals.length);
    for (const { problem } of read.refusals) counters.refused(problem.code, 1);
    if (read.count === 0) throw allRefused(read);
    const key = {
      tenantId: tenant.tenantId,
      contentType: form.contentType,
      sourceHint,
    };
    const again = parseIdempotencyKey(request.headers['idempotency-key']);
    const parts =
      again === undefined
        ? await deps.coalescer.add(key, request, read.runs)
        : await deps.coalescer.addKeyed(key, request, read.runs, again);
    counters.accepted(read.count, body.length);
    return ingestReply(
      tenant.tenantId,
      read,
      parts,
      formatReceipt(deps.receiptKey, tenant.tenantId, parts),
    );
  } catch (error) {
    if (isProblem(error)) counters.refusedRequest(error.code);
    throw error;
  }
}

/** The answer to a list of which nothing is taken: the first fault, and how many there are. */
function allRefused(read: ReadItems): Problem {
  const [first] = read.refusals;
  if (first === undefined)
    return new Problem('invalid_request', { detail: 'the body holds nothing to accept' });
  const { problem, index } = first;
  return new Problem(problem.code, {
    detail: `none of ${read.refusals.length} items was accepted; item ${index}: ${problem.detail ?? problem.title}`,
    errors: problem.errors.map((fault) => ({
      pointer: `/${index}${fault.pointer}`,
      detail: fault.detail,
    })),
    members: { refused: read.refusals.length },
  });
}
