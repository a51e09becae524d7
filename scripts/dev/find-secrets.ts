/** Forms of secrets that have a form. Our own pattern scan: it knows fewer than tools made for it. */
const FORMS: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=\s]{100,}/g],
  ['an AWS access key', /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})/g],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/g],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{20,}/g],
  [
    'a Slack webhook',
    /hooks\.slack\.com\/services\/T[A-Z0-9]{8,}\/B[A-Z0-9]{8,}\/[A-Za-z0-9]{20,}/g,
  ],
  ['a Google API key', /\bAIza[A-Za-z0-9_-]{35}\b/g],
  ['a Stripe key', /\b[rs]k_live_[A-Za-z0-9]{20,}/g],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['an OpenAI or Anthropic key', /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}/g],
  ['a Tocsin API key', /\btcs_(?:live|prod)_[A-Za-z0-9]{8,}_[A-Za-z0-9]{20,}_[A-Za-z0-9]{4,}/g],
  ['a signed token', /\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}/g],
  [
    'a password in a URL',
    /\b[a-z][a-z0-9+.-]{2,20}:\/\/[A-Za-z0-9._-]{1,64}:[^\s:/@'"`<>${}[\]]{6,200}@[a-z0-9.-]+/gi,
  ],
];

/** Invented, as documents and tests need them; each was looked at. */
const INVENTED =
  /example|hunter2|wrong|secret|password|passwort|geheim|changeme|AKIAIOSFODNN7|localhost|127\.0\.0\.1|@db\b|@bus\b|@host\b/i;
/** A line that says so of itself. */
const EXCUSED = 'not-a-secret';

/** Places in a text that look like a secret, a sentence each; the secret itself is not repeated. */
export function findSecrets(path: string, text: string): string[] {
  const found: string[] = [];
  for (const [what, form] of FORMS) {
    for (const match of text.matchAll(form)) {
      const line = lineAt(text, match.index);
      if (INVENTED.test(match[0]) || line.text.includes(EXCUSED)) continue;
      found.push(`${path}:${line.number}: looks like ${what}`);
    }
  }
  return found;
}

function lineAt(text: string, index: number): { readonly number: number; readonly text: string } {
  const start = text.lastIndexOf('\n', index - 1) + 1;
  const end = text.indexOf('\n', index);
  return {
    number: text.slice(0, index).split('\n').length,
    text: text.slice(start, end < 0 ? undefined : end),
  };
}
