/** Where something stands in a file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Why a document is refused: stable codes, listed with their remedy in the README. */
export type FaultCode =
  | 'yaml_too_large'
  | 'yaml_too_deep'
  | 'yaml_too_many_nodes'
  | 'yaml_invalid'
  | 'document_not_a_map'
  | 'unknown_action'
  | 'missing_member'
  | 'invalid_member'
  | 'duplicate_id'
  | 'foreign_taxonomy'
  | 'empty_detection'
  | 'unknown_modifier'
  | 'invalid_modifier'
  | 'invalid_value'
  | 'too_many_values'
  | 'invalid_regex'
  | 'unsupported_regex'
  | 'invalid_cidr'
  | 'invalid_condition'
  | 'condition_too_deep'
  | 'unknown_identifier'
  | 'deprecated_aggregation'
  | 'unknown_rule'
  | 'invalid_correlation'
  | 'cyclic_correlation'
  | 'invalid_pipeline'
  | 'unsupported_transformation';

/** A fault of a document: which file, where, and a sentence that says what to write instead. */
export interface SigmaFault extends Place {
  readonly file: string;
  readonly code: FaultCode;
  readonly message: string;
}

/** Carries a fault out of a parser to the loader, which makes an outcome of it. Never leaves the package. */
export class FaultSignal extends Error {
  readonly code: FaultCode;
  readonly place: Place;

  constructor(code: FaultCode, place: Place, message: string) {
    super(message);
    this.name = 'FaultSignal';
    this.code = code;
    this.place = place;
  }
}

/** Runs a parser; a fault becomes a value. */
export function faultOf<Value>(parse: () => Value): Value | FaultSignal {
  try {
    return parse();
  } catch (error) {
    if (error instanceof FaultSignal) return error;
    throw error;
  }
}
