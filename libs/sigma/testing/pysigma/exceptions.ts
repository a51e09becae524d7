/**
 * Where pySigma refuses and we load, with the reason. Of the public rules there is none: these are written in tests
 * and by people.
 */
export const PYSIGMA_REFUSES: readonly (readonly [message: RegExp, reason: string])[] = [
  [
    /^SigmaTypeError: Modifier Sigma(?:CaseSensitive|Contains|Startswith|Endswith)Modifier incompatible/,
    'a number or truth value is its text: contains: 4688 means what it says',
  ],
  [
    /^SigmaTypeError: Modifier SigmaTimestamp\w+Modifier incompatible/,
    'lt|day means what day|lt means: the order of the two does not matter',
  ],
];

/** What pySigma reads otherwise, by what the text of a rule holds, with the reason. Of the public rules there is none. */
export const PYSIGMA_READS_OTHERWISE: readonly (readonly [text: RegExp, reason: string])[] = [
  [
    /9007199254740993/,
    'whole numbers beyond 2^53 are exact here; pySigma takes them through floating point',
  ],
  [
    /\|base64offset(?!\|contains)/,
    'base64offset is found within a value without contains too: it can hardly be the whole of one',
  ],
];
