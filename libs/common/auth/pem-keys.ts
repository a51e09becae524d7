import { createPublicKey, type KeyObject } from 'node:crypto';
import { importSPKI } from 'jose';
import type { KeySource, TokenAlgorithm } from './key-source.ts';

/**
 * The one key of a PEM text (SPKI `PUBLIC KEY` or a certificate): RSA of 2048 bits or more signs RS256,
 * P-256 signs ES256, nothing else.
 *
 * @throws Error with a sentence for the operator when the text is something else, for example a private key
 */
export async function pemKeys(pem: string): Promise<KeySource> {
  if (pem.includes('PRIVATE KEY')) {
    throw new Error('the file holds a private key; only the public key belongs here');
  }
  const key = readKey(pem);
  const algorithm = algorithmOf(key);
  const spki = key.export({ type: 'spki', format: 'pem' }).toString();
  const imported = await importSPKI(spki, algorithm);
  return { algorithms: [algorithm], find: async () => imported };
}

function readKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new Error('the file is not a PEM public key or certificate', { cause });
  }
}

function algorithmOf(key: KeyObject): TokenAlgorithm {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') {
    if ((details?.modulusLength ?? 0) >= 2048) return 'RS256';
    throw new Error('the RSA key is shorter than 2048 bits');
  }
  if (key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256';
  throw new Error('the key is neither RSA nor P-256');
}
