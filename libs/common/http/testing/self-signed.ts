import { generateKeyPairSync, sign } from 'node:crypto';

/** A private key and a certificate that it signed for itself, in PEM. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

/** Makes a P-256 certificate of a name, good for the years 2020 to 2049, for `localhost` and 127.0.0.1. Tests only. */
export function selfSigned(commonName: string): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(tag(0x31, sequence(COMMON_NAME, tag(0x0c, Buffer.from(commonName)))));
  const body = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, Buffer.from(String(commonName.length * 7 + 1))),
    sequence(ECDSA_SHA256),
    name,
    sequence(tag(0x17, Buffer.from('200101000000Z')), tag(0x17, Buffer.from('491231235959Z'))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, sequence(sequence(SUBJECT_ALT_NAME, tag(0x04, ALT_NAMES)))),
  );
  const signature = sign('sha256', body, privateKey);
  const cert = sequence(body, sequence(ECDSA_SHA256), tag(0x03, Buffer.from([0]), signature));
  return {
    cert: pem('CERTIFICATE', cert),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function tag(kind: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  if (size < 128) return Buffer.concat([Buffer.from([kind, size]), content]);
  const length = size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([kind, ...length]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tag(0x30, ...parts);
}

function pem(kind: string, der: Buffer): string {
  const lines = der.toString('base64').replace(/(.{64})/g, '$1\n');
  return `-----BEGIN ${kind}-----\n${lines.trimEnd()}\n-----END ${kind}-----\n`;
}

const COMMON_NAME = Buffer.from('0603550403', 'hex');
const ECDSA_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const ALT_NAMES = sequence(
  tag(0x82, Buffer.from('localhost')),
  tag(0x87, Buffer.from([127, 0, 0, 1])),
);
