import type { KeyObject } from 'node:crypto';
import { type ChainEnd, emptyChain, extendChain, PLATFORM_CHAIN } from './chain.ts';
import { isSuccessionOf, parseSuccession, readPublicKeyText } from './key-succession.ts';
import { isSignedBy, keyIdOf, parseStatement, type Statement } from './statement.ts';

/** What makes a file untrue, with the line it was seen at (from 1). */
export interface AuditFault {
  readonly line: number;
  readonly reason: string;
}

/** What a file is, after its last line. */
export interface AuditVerdict {
  readonly intact: boolean;
  readonly fault: AuditFault | undefined;
  readonly chain: string | undefined;
  readonly rows: number;
  /** Place of the first row; above 1 where retention has removed older ones, which the audit key signed. */
  readonly firstSeq: number | undefined;
  readonly head: Statement | undefined;
  /** The key the signatures were checked with. */
  readonly keyId: string | undefined;
  /** False when the key is the file's own word: then whoever forged the file may have chosen it. */
  readonly keyTrusted: boolean;
}

/** What the reader knows beside the file. */
export interface AuditKnowledge {
  /** The installation's audit key, from a place that whoever gave the file cannot write. */
  readonly publicKey?: KeyObject | undefined;
  /** A head seen before: a file that ends earlier, or says otherwise about that place, is refused. */
  readonly knownHead?: Statement | undefined;
  /** The chain it should be. */
  readonly chain?: string | undefined;
}

const HEADER =
  /^\{"type":"audit","version":1,"chain":"([a-z0-9:-]{1,64})","public_key":"([A-Za-z0-9+/=]{1,200})"\}$/;
const ENTRY = /^\{"type":"entry","seq":([1-9]\d{0,15}),"hash":"([0-9a-f]{64})","row":(\{.*\})\}$/s;

/**
 * Checks an export line by line, offline: every row in its place, nothing added, taken away, changed or moved, and
 * the end where the signed head says. Rows are hashed as they stand in the file and never parsed for it.
 * UNTRUSTED: the whole file.
 */
export class AuditVerifier {
  readonly #knowledge: AuditKnowledge;
  #line = 0;
  #fault: AuditFault | undefined;
  #chain: string | undefined;
  /** The installation's keys in their order, as far as the file tells them. */
  readonly #keys: KeyObject[] = [];
  #keysEnded = false;
  #end: ChainEnd | undefined;
  #firstSeq: number | undefined;
  #rows = 0;
  #head: Statement | undefined;
  #knownHeadSeen = false;
  #cutAt = 0;
  #bodyAt = 0;

  constructor(knowledge: AuditKnowledge) {
    this.#knowledge = knowledge;
  }

  /** The next line, without its newline. */
  line(text: string): void {
    this.#line += 1;
    if (this.#fault !== undefined) return;
    if (this.#line === 1) this.#header(text);
    else if (this.#head !== undefined) this.#fail('something follows the signed head');
    else if (text.startsWith('{"type":"key",')) this.#succession(text);
    else this.#body(text);
  }

  finish(): AuditVerdict {
    if (this.#fault === undefined) this.#atEnd();
    const { publicKey } = this.#knowledge;
    const key = this.#keys.at(-1);
    return {
      intact: this.#fault === undefined,
      fault: this.#fault,
      chain: this.#chain,
      rows: this.#rows,
      firstSeq: this.#firstSeq,
      head: this.#head,
      keyId: key === undefined ? undefined : keyIdOf(key),
      keyTrusted: publicKey !== undefined,
    };
  }

  #header(text: string): undefined {
    const parts = HEADER.exec(text);
    if (parts === null)
      return this.#fail('this is no audit export: the first line is not its header');
    const [, chain = '', key = ''] = parts;
    if (this.#knowledge.chain !== undefined && this.#knowledge.chain !== chain) {
      return this.#fail(`the file is of ${chain}, not of ${this.#knowledge.chain}`);
    }
    const own = readPublicKeyText(key);
    if (own === undefined) return this.#fail('the header has no Ed25519 public key');
    this.#chain = chain;
    this.#keys.push(own);
    this.#end = emptyChain(chain);
    this.#see();
  }

  /** Another key took over: the one before it says so, and the new one too. */
  #succession(text: string): undefined {
    const former = this.#keys.at(-1);
    const succession = parseSuccession(text);
    if (this.#keysEnded) return this.#fail('a key stands only before all else');
    if (succession === undefined || former === undefined || !isSuccessionOf(succession, former)) {
      return this.#fail('the key that took over is not named by the one before it');
    }
    this.#keys.push(succession.publicKey);
  }

  #body(text: string): undefined {
    this.#endKeys();
    if (this.#fault !== undefined) return;
    if (text.startsWith('{"type":"entry",')) return this.#entry(text);
    return this.#statement(text);
  }

  /** Who trusts one of the keys trusts those that came from it, and those it came from. */
  #endKeys(): undefined {
    if (this.#keysEnded) return;
    this.#keysEnded = true;
    this.#bodyAt = this.#line;
    const { publicKey } = this.#knowledge;
    if (publicKey === undefined) return;
    const trusted = keyIdOf(publicKey);
    if (!this.#keys.some((key) => keyIdOf(key) === trusted)) {
      this.#fault = {
        line: 1,
        reason: 'the file names another key than the one it is checked with',
      };
    }
  }

  #entry(text: string): undefined {
    const parts = ENTRY.exec(text);
    if (parts === null || this.#end === undefined) return this.#fail('the entry is malformed');
    const [, seq = '', hash = '', row = ''] = parts;
    if (Number(seq) !== this.#end.seq + 1) {
      return this.#fail(`row ${this.#end.seq + 1} is missing: here stands row ${seq}`);
    }
    const next = extendChain(this.#end, row);
    if (next.hash.toString('hex') !== hash) return this.#fail(`row ${seq} or its hash was changed`);
    if (this.#chain !== PLATFORM_CHAIN && !row.startsWith(`{"tenant_id":"${this.#chain}",`)) {
      return this.#fail(`row ${seq} is another tenant's`);
    }
    this.#firstSeq ??= next.seq;
    this.#rows += 1;
    this.#end = next;
    this.#see();
  }

  #statement(text: string): undefined {
    const statement = parseStatement(text);
    if (statement === undefined || this.#end === undefined) {
      return this.#fail('the line is neither an entry nor a signed statement');
    }
    if (statement.chain !== this.#chain) return this.#fail('the statement is about another chain');
    // An old cut was signed by the key of its time; the end only by the key that signs now.
    const keys = statement.kind === 'cut' ? this.#keys : this.#keys.slice(-1);
    if (!keys.some((key) => isSignedBy(statement, key))) {
      return this.#fail(`the signature of the ${statement.kind} is not the audit key's`);
    }
    if (statement.kind === 'cut') {
      if (this.#line !== this.#bodyAt) return this.#fail('a cut stands only before the first row');
      this.#end = { seq: statement.seq, hash: statement.hash };
      this.#cutAt = statement.seq;
      return this.#see();
    }
    if (statement.seq !== this.#end.seq || !statement.hash.equals(this.#end.hash)) {
      return this.#fail(
        `the head was signed for row ${statement.seq}, and the rows here end at ${this.#end.seq}`,
      );
    }
    this.#head = statement;
  }

  /** Compares with the head known before, when the chain passes its place. */
  #see(): undefined {
    const known = this.#knowledge.knownHead;
    if (known === undefined || this.#end === undefined || this.#end.seq !== known.seq) return;
    if (!known.hash.equals(this.#end.hash)) {
      return this.#fail(`row ${known.seq} is not the one of the head known before`);
    }
    this.#knownHeadSeen = true;
  }

  #atEnd(): void {
    this.#line += 1;
    const known = this.#knowledge.knownHead;
    if (this.#head === undefined) {
      this.#fail('the file ends before its signed head: it was cut off');
    } else if (known !== undefined && this.#head.seq < known.seq) {
      this.#fail(`the file ends at row ${this.#head.seq}, but row ${known.seq} was known before`);
    } else if (known !== undefined && !this.#knownHeadSeen && known.seq >= this.#cutAt) {
      this.#fail(`row ${known.seq} of the head known before is not in the file`);
    }
  }

  #fail(reason: string): undefined {
    this.#fault ??= { line: this.#line, reason };
    return undefined;
  }
}
