/** Where and why a text is not JSON. Line and column start at 1, the offset at 0 (UTF-16 units). */
export interface JsonFault {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly detail: string;
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
/** The longest good start of a string; a following `"` closes it. Each step takes one plain run or one escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings
const STRING_PART = /[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** What may come next: a value, a value or `]`, a member name or `}`, a member name, a separator. */
type Expect = 'value' | 'value-or-end' | 'name-or-end' | 'name' | 'separator';

/**
 * Finds the first fault of a text that `JSON.parse` refused, in our own words: the engine's message quotes the
 * input, which may hold secrets, and often has no position. Returns `undefined` for well-formed JSON (RFC 8259).
 * Takes linear time and constant stack; run it on failures only.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  return new JsonScanner(text).run();
}

class JsonScanner {
  readonly #text: string;
  readonly #open: ('{' | '[')[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): JsonFault | undefined {
    let expect: Expect = 'value';
    for (;;) {
      this.#take(SPACE);
      if (expect === 'separator' && this.#open.length === 0) {
        return this.#ended() ? undefined : this.#fault('nothing may follow the value');
      }
      if (this.#ended()) return this.#fault('the text ends too early');
      const next: Expect | JsonFault = this.#step(expect);
      if (typeof next !== 'string') return next;
      expect = next;
    }
  }

  #step(expect: Expect): Expect | JsonFault {
    if (expect === 'separator') return this.#separator();
    const char = this.#text[this.#at];
    const closing =
      (expect === 'name-or-end' && char === '}') || (expect === 'value-or-end' && char === ']');
    if (closing) return this.#close();
    return expect === 'name' || expect === 'name-or-end' ? this.#name() : this.#value();
  }

  #value(): Expect | JsonFault {
    const char = this.#text[this.#at];
    if (char === '{' || char === '[') {
      this.#open.push(char);
      this.#at += 1;
      return char === '{' ? 'name-or-end' : 'value-or-end';
    }
    if (char === '"') return this.#string() ?? 'separator';
    if (this.#take(NUMBER) || this.#take(WORD)) return 'separator';
    return this.#fault('a value is expected');
  }

  #name(): Expect | JsonFault {
    if (this.#text[this.#at] !== '"')
      return this.#fault('a member name in double quotes is expected');
    const fault = this.#string();
    if (fault !== undefined) return fault;
    this.#take(SPACE);
    if (this.#text[this.#at] !== ':') return this.#fault('a colon is expected');
    this.#at += 1;
    return 'value';
  }

  #separator(): Expect | JsonFault {
    const inObject = this.#open.at(-1) === '{';
    const char = this.#text[this.#at];
    if (char === ',') {
      this.#at += 1;
      return inObject ? 'name' : 'value';
    }
    if (char === (inObject ? '}' : ']')) return this.#close();
    return this.#fault(`a comma or ${inObject ? '}' : ']'} is expected`);
  }

  #close(): Expect {
    this.#open.pop();
    this.#at += 1;
    return 'separator';
  }

  #string(): JsonFault | undefined {
    this.#at += 1;
    while (this.#take(STRING_PART));
    if (this.#ended()) return this.#fault('the text ends inside a string');
    const char = this.#text[this.#at];
    if (char === '"') {
      this.#at += 1;
      return undefined;
    }
    return this.#fault(
      char === '\\' ? 'this escape does not exist' : 'a control character must be escaped',
    );
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null || match[0] === '') return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #ended(): boolean {
    return this.#at >= this.#text.length;
  }

  #fault(detail: string): JsonFault {
    const before = this.#text.slice(0, this.#at);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    return { offset: this.#at, line, column: this.#at - lineStart + 1, detail };
  }
}
