import { crc32 } from 'node:zlib';
import { LOG_TOPICS, type Topic, WORK_TOPICS } from '@tocsin/contracts/topic.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { isTenantId } from '@tocsin/kernel/tenant-id.ts';
import { FRAME_BODY_BYTES_MAX, type Frame, type FrameContentType } from './frame.ts';

/** Bytes before the header: crc32 of all that follows it, then the length of the header. Big endian. */
const PREFIX_BYTES = 8;

/** Largest header of an encoded frame, in bytes. */
export const FRAME_HEADER_BYTES_MAX = 16 * 1024;

/** Longest frame id, in characters: it becomes part of keys. */
export const FRAME_ID_LENGTH_MAX = 64;

const TOPICS = new Set<string>([...LOG_TOPICS, ...WORK_TOPICS]);
const CONTENT_TYPES = new Set<string>([
  'application/x-tocsin-events',
  'text/plain',
  'application/x-tocsin-wrapped',
  'application/x-ndjson',
] satisfies FrameContentType[]);

/** The header as it stands on disk and on the wire. */
interface FrameHeader {
  readonly id: string;
  readonly tenant_id: Frame['tenantId'];
  readonly topic: Topic;
  readonly key_slot: number;
  readonly count: number;
  readonly content_type: FrameContentType;
  readonly source_hint: string;
  readonly received_at: number;
  readonly traceparent: string;
  readonly request_id: string;
  /** What the writer wants to know of the record again; a plain frame has none. */
  readonly extra?: readonly number[];
}

/** A frame as read, and the numbers that were written with it. */
export interface DecodedFrame {
  readonly frame: Frame;
  readonly extra: readonly number[];
}

/** What is known of a frame without its body. */
export interface PeekedHead {
  readonly receivedAt: number;
  readonly count: number;
  readonly extra: readonly number[];
}

/**
 * Encodes a frame: u32 crc32 of the rest, u32 header length, JSON header, body.
 * Copies the body once. `extra` travels in the header: an adapter keeps its running totals there.
 */
export function encodeFrame(frame: Frame, extra: readonly number[] = []): Buffer {
  return Buffer.concat([encodeHead(frame, extra), frame.body]);
}

/** The same without the body, for a store that keeps it apart and so need not copy it. */
export function encodeHead(frame: Frame, extra: readonly number[] = []): Buffer {
  const header = JSON.stringify(headerOf(frame, extra));
  const length = Buffer.byteLength(header);
  const head = Buffer.allocUnsafe(PREFIX_BYTES + length);
  head.writeUInt32BE(length, 4);
  head.write(header, PREFIX_BYTES);
  head.writeUInt32BE(crc32(frame.body, crc32(head.subarray(4))), 0);
  return head;
}

/**
 * Decodes what {@link encodeFrame} made. The body is a view of `bytes`, not a copy.
 *
 * @param bytes UNTRUSTED: from a disk that may have flipped bits, or from another process
 * @throws Problem `invalid_request` naming the fault, when the bytes are cut, changed or not a frame
 */
export function decodeFrame(bytes: Buffer): DecodedFrame {
  const end = headEnd(bytes);
  if (end === undefined) throw corrupt('its header is cut or longer than the limit');
  return decodeParts(bytes.subarray(0, end), bytes.subarray(end));
}

/** The same for a head and a body that were kept apart. The frame holds `body` itself. */
export function decodeParts(head: Buffer, body: Buffer): DecodedFrame {
  if (headEnd(head) !== head.length) throw corrupt('its header is cut or longer than the limit');
  const expected = head.readUInt32BE(0);
  const found = crc32(body, crc32(head.subarray(4)));
  if (expected !== found) {
    throw corrupt(`its crc32 is ${found.toString(16)}, written was ${expected.toString(16)}`);
  }
  const header = parseHeader(head.toString('utf8', PREFIX_BYTES));
  return { frame: frameOf(header, body), extra: header.extra ?? [] };
}

/**
 * Reads a head without the body and so without its checksum: for running totals and ages, never for data.
 * `undefined` when it cannot be read.
 */
export function peekHead(head: Buffer): PeekedHead | undefined {
  if (headEnd(head) !== head.length) return undefined;
  try {
    const header = parseHeader(head.toString('utf8', PREFIX_BYTES));
    const { count, received_at: receivedAt, extra = [] } = header;
    return { receivedAt, count, extra };
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Where the body begins; `undefined` when the bytes are too short for their header. */
function headEnd(bytes: Buffer): number | undefined {
  if (bytes.length < PREFIX_BYTES) return undefined;
  const length = bytes.readUInt32BE(4);
  const end = PREFIX_BYTES + length;
  return length > FRAME_HEADER_BYTES_MAX || end > bytes.length ? undefined : end;
}

/**
 * Checks what a caller wants to publish.
 *
 * @throws Problem `invalid_request` or `body_too_large` naming the member at fault
 */
export function checkFrame(frame: Frame): void {
  const fault = faultOf(headerOf(frame, []), 1);
  if (fault !== undefined) throw new Problem('invalid_request', { detail: `a frame ${fault}` });
  if (frame.body.length > FRAME_BODY_BYTES_MAX) {
    throw new Problem('body_too_large', {
      detail: `a frame of ${frame.body.length} bytes is larger than ${FRAME_BODY_BYTES_MAX}: split it`,
    });
  }
}

function headerOf(frame: Frame, extra: readonly number[]): FrameHeader {
  return {
    id: frame.id,
    tenant_id: frame.tenantId,
    topic: frame.topic,
    key_slot: frame.keySlot,
    count: frame.count,
    content_type: frame.contentType,
    source_hint: frame.sourceHint,
    received_at: frame.receivedAt,
    traceparent: frame.traceparent,
    request_id: frame.requestId,
    ...(extra.length === 0 ? {} : { extra }),
  };
}

function frameOf(header: FrameHeader, body: Buffer): Frame {
  return {
    id: header.id,
    tenantId: header.tenant_id,
    topic: header.topic,
    keySlot: header.key_slot,
    count: header.count,
    contentType: header.content_type,
    sourceHint: header.source_hint,
    receivedAt: header.received_at,
    traceparent: header.traceparent,
    requestId: header.request_id,
    body,
  };
}

function parseHeader(text: string): FrameHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw corrupt('its header is not JSON', error);
  }
  if (typeof value !== 'object' || value === null) throw corrupt('its header is not an object');
  const fault = faultOf(value as Partial<Record<keyof FrameHeader, unknown>>, 0);
  if (fault !== undefined) throw corrupt(`it ${fault}`);
  return value as FrameHeader;
}

/** Says what is wrong with a header, or nothing. Only the end of a bisected frame has no items. */
function faultOf(
  header: Partial<Record<keyof FrameHeader, unknown>>,
  countMin: number,
): string | undefined {
  if (typeof header.topic !== 'string' || !TOPICS.has(header.topic)) return 'has no known topic';
  if (!isTenantId(header.tenant_id)) return 'has no well-formed tenant id';
  if (!isWhole(header.key_slot, 0)) return 'has a key slot that is not a whole number';
  if (!isWhole(header.count, countMin)) return `has a count that is not a number >= ${countMin}`;
  if (typeof header.content_type !== 'string' || !CONTENT_TYPES.has(header.content_type)) {
    return 'has no known content type';
  }
  if (typeof header.received_at !== 'number' || !Number.isFinite(header.received_at)) {
    return 'has no received time';
  }
  return faultOfTexts(header);
}

function faultOfTexts(header: Partial<Record<keyof FrameHeader, unknown>>): string | undefined {
  let length = 0;
  for (const name of ['id', 'source_hint', 'traceparent', 'request_id'] as const) {
    const value = header[name];
    if (typeof value !== 'string') return `has no text as ${name}`;
    length += value.length;
  }
  if (length > FRAME_HEADER_BYTES_MAX / 8) return 'has texts longer than the header may be';
  const { id } = header;
  const idOk = typeof id === 'string' && id.length >= 1 && id.length <= FRAME_ID_LENGTH_MAX;
  return idOk ? undefined : `has no id of 1 to ${FRAME_ID_LENGTH_MAX} characters`;
}

function isWhole(value: unknown, min: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min;
}

function corrupt(what: string, cause?: unknown): Problem {
  return new Problem('invalid_request', { detail: `the frame is corrupt: ${what}`, cause });
}
