import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import type { ChainEnd } from './chain.ts';
import type { KeySuccession } from './key-succession.ts';

/** `head`: the chain ended here at that time. `cut`: rows up to here were removed by retention. */
export type StatementKind = 'head' | 'cut';

/** What the audit key says of a chain. */
export interface Statement extends ChainEnd {
  readonly kind: StatementKind;
  readonly chain: string;
  readonly signedAt: Date;
  readonly keyId: string;
  readonly signature: Buffer;
}

/** A key pair that signs the chains of one installation: Ed25519. */
export interface AuditKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** How it came from the first key of the installation, oldest first; absent: it is the first. */
  readonly former?: readonly KeySuccession[];
  /** Looks whether another key signs from now on: true when so. */
  refresh?(): Promise<boolean>;
}

/** A key's name: the first 32 hexadecimal digits of SHA-256 over its SubjectPublicKeyInfo. */
export function keyIdOf(publicKey: KeyObject): string {
  const bytes = publicKey.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** Signs where a chain stands. */
export function signStatement(
  kind: StatementKind,
  chain: string,
  end: ChainEnd,
  signedAt: Date,
  key: AuditKey,
): Statement {
  const unsigned = { kind, chain, seq: end.seq, hash: end.hash, signedAt, keyId: key.id };
  return { ...unsigned, signature: sign(null, signedBytes(unsigned), key.privateKey) };
}

/** Says whether the key made the statement. */
export function isSignedBy(statement: Statement, publicKey: KeyObject): boolean {
  if (statement.keyId !== keyIdOf(publicKey)) return false;
  return verify(null, signedBytes(statement), publicKey, statement.signature);
}

/** Says whether the key, or one before it, made the statement. */
export function isSignedByAny(statement: Statement, { publicKey, former = [] }: AuditKey): boolean {
  const keys = [publicKey, ...former.map((succession) => succession.former)];
  return keys.some((key) => isSignedBy(statement, key));
}

/** One line of an export. */
export function statementLine(statement: Statement): string {
  return JSON.stringify({
    type: statement.kind,
    chain: statement.chain,
    seq: statement.seq,
    hash: statement.hash.toString('hex'),
    signed_at: statement.signedAt.toISOString(),
    key_id: statement.keyId,
    signature: statement.signature.toString('base64'),
  });
}

const LINE =
  /^\{"type":"(head|cut)","chain":"([a-z0-9:-]{1,64})","seq":(0|[1-9]\d{0,15}),"hash":"([0-9a-f]{64})","signed_at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","key_id":"([0-9a-f]{32})","signature":"([A-Za-z0-9+/]{86}==)"\}$/;

/** Reads such a line, or undefined. UNTRUSTED: only {@link isSignedBy} says that it is true. */
export function parseStatement(line: string): Statement | undefined {
  const parts = LINE.exec(line);
  if (parts === null) return undefined;
  const [, kind = '', chain = '', seq = '', hash = '', signedAt = '', keyId = '', signature = ''] =
    parts;
  if (Number.isNaN(Date.parse(signedAt))) return undefined;
  const statement: Statement = {
    kind: kind === 'cut' ? 'cut' : 'head',
    chain,
    seq: Number(seq),
    hash: Buffer.from(hash, 'hex'),
    signedAt: new Date(signedAt),
    keyId,
    signature: Buffer.from(signature, 'base64'),
  };
  // Base64 has spare bits and dates have other spellings: one statement, one line.
  return statementLine(statement) === line ? statement : undefined;
}

function signedBytes(statement: Omit<Statement, 'signature'>): Buffer {
  const { kind, chain, seq, hash, signedAt, keyId } = statement;
  return Buffer.from(
    `tocsin audit ${kind} v1\nchain ${chain}\nseq ${seq}\nhash ${hash.toString('hex')}\nat ${signedAt.toISOString()}\nkey ${keyId}\n`,
  );
}
