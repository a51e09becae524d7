/** Why a file, a chunk or a record could not be read: stable codes. */
export type EvtxFaultCode =
  | 'not_evtx'
  | 'file_header_damaged'
  | 'file_truncated'
  | 'chunk_signature'
  | 'chunk_header_checksum'
  | 'chunk_records_checksum'
  | 'chunk_truncated'
  | 'record_signature'
  | 'record_size'
  | 'record_out_of_bounds'
  | 'binxml_token'
  | 'binxml_too_deep'
  | 'binxml_cycle'
  | 'record_too_large'
  | 'chunk_too_costly';

/** Something wrong at a place. Places are bytes from the start of the file, or of the chunk inside this package. */
export interface EvtxFault {
  readonly code: EvtxFaultCode;
  readonly offset: number;
  /** Number of the chunk, from 0; -1 for the file itself. */
  readonly chunk: number;
  readonly message: string;
}

/** The one error this package throws: the input is no event log, or a part of it cannot be read. */
export class EvtxError extends Error {
  readonly code: EvtxFaultCode;
  /** Byte in the chunk, or in the file where no chunk is read. */
  readonly offset: number;

  constructor(code: EvtxFaultCode, offset: number, message: string) {
    super(message);
    this.name = 'EvtxError';
    this.code = code;
    this.offset = offset;
  }
}
