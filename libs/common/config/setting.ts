import { resolve } from 'node:path';
import { Secret } from '@tocsin/kernel/secret.ts';

/** Says in words what is wrong with a value, without the value: it may be a secret pasted into the wrong variable. */
export class SettingFault extends Error {}

/** One environment variable: its name, meaning, and how its text becomes a value. */
export interface Setting<Value> {
  readonly variable: string;
  /** Sentences for the reference page: meaning, unit, why the default. */
  readonly summary: string;
  /** What a valid text looks like, for example `1 to 65535`. */
  readonly form: string;
  /** What holds when the variable is unset or empty, in words; `undefined` when it must be set. */
  readonly defaultText: string;
  /** True when the value must never be printed; then `<variable>_FILE` may name a file that holds it. */
  readonly secret: boolean;
  /** @throws {@link SettingFault} */
  readonly parse: (text: string) => Value;
  /** The value when unset. */
  readonly absent: () => Value;
}

interface Named {
  readonly variable: string;
  readonly summary: string;
}

/** Free text, or `undefined`. */
export function textSetting(named: Named): Setting<string | undefined> {
  return {
    ...named,
    form: 'text',
    defaultText: 'none',
    secret: false,
    parse: (text) => text,
    absent: () => undefined,
  };
}

/** Labels such as regions, separated by commas; none when unset. */
export function labelsSetting(named: Named): Setting<readonly string[]> {
  return {
    ...named,
    form: 'labels, separated by commas',
    defaultText: 'none',
    secret: false,
    parse: (text) => {
      const labels = text.split(',').map((label) => label.trim());
      if (labels.every((label) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(label))) return labels;
      throw new SettingFault('must be labels such as us-east, separated by commas');
    },
    absent: () => [],
  };
}

/** Free text with a default. */
export function textSettingOr(named: Named, fallback: string): Setting<string> {
  return {
    ...named,
    form: 'text',
    defaultText: `\`${fallback}\``,
    secret: false,
    parse: (text) => text,
    absent: () => fallback,
  };
}

/** A path; a relative one counts from the working directory. The default is computed where it is used, so it is described in words. */
export function pathSetting(named: Named, defaultText = 'none'): Setting<string | undefined> {
  return {
    ...named,
    form: 'path',
    defaultText,
    secret: false,
    parse: (text) => resolve(text),
    absent: () => undefined,
  };
}

/** A whole number within bounds. */
export function integerSetting(
  named: Named,
  bounds: { readonly min: number; readonly max: number; readonly fallback: number },
): Setting<number> {
  const { min, max, fallback } = bounds;
  return {
    ...named,
    form: `${min} to ${max}`,
    defaultText: `\`${fallback}\``,
    secret: false,
    parse: (text) => {
      const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      throw new SettingFault(`must be a whole number from ${min} to ${max}`);
    },
    absent: () => fallback,
  };
}

/** Most items of a list. */
const LIST_ITEMS_MAX = 100;

/** Items separated by commas, each of one form; none when unset. */
export function listSetting(
  named: Named,
  form: string,
  accept: (item: string) => boolean,
): Setting<readonly string[]> {
  return {
    ...named,
    form: `${form}, separated by commas`,
    defaultText: 'none',
    secret: false,
    parse: (text) => {
      const items = text.split(',').map((item) => item.trim());
      if (items.length <= LIST_ITEMS_MAX && items.every(accept)) return items;
      throw new SettingFault(`must be ${form}, separated by commas, at most ${LIST_ITEMS_MAX}`);
    },
    absent: () => [],
  };
}

/** One of a few words. */
export function choiceSetting<const Word extends string>(
  named: Named,
  words: readonly Word[],
  fallback: Word,
): Setting<Word> {
  return {
    ...named,
    form: words.map((word) => `\`${word}\``).join(', '),
    defaultText: `\`${fallback}\``,
    secret: false,
    parse: (text) => {
      const found = words.find((word) => word === text);
      if (found === undefined) throw new SettingFault(`must be one of ${words.join(', ')}`);
      return found;
    },
    absent: () => fallback,
  };
}

/** An https address; plain http is taken for loopback only. No user name or password inside. */
export function httpsSetting(named: Named): Setting<string | undefined> {
  return {
    ...named,
    form: 'https URL (http for loopback only)',
    defaultText: 'none',
    secret: false,
    parse: parseHttps,
    absent: () => undefined,
  };
}

/** An http or https address without a user name or password inside. */
export function urlSetting(named: Named): Setting<string | undefined> {
  return {
    ...named,
    form: 'http or https URL',
    defaultText: 'none',
    secret: false,
    parse: (text) => {
      const url = parseUrl(text);
      if (url.protocol === 'https:' || url.protocol === 'http:') return url.href;
      throw new SettingFault('must begin with https:// or http://');
    },
    absent: () => undefined,
  };
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new SettingFault('must be a URL');
  if (url.username === '' && url.password === '') return url;
  throw new SettingFault('must not hold a user name or password');
}

function parseHttps(text: string): string {
  const url = parseUrl(text);
  const plainAllowed = url.protocol === 'http:' && LOOPBACK.includes(url.hostname);
  if (url.protocol !== 'https:' && !plainAllowed) {
    throw new SettingFault('must begin with https:// (http:// for loopback only)');
  }
  return url.href;
}

/** A secret, from the variable or from the file that `<variable>_FILE` names (its last line end is cut off). */
export function secretSetting(
  named: Named,
  form: string,
  accept: (text: string) => boolean = () => true,
): Setting<Secret | undefined> {
  return {
    ...named,
    form,
    defaultText: 'none',
    secret: true,
    parse: (text) => {
      if (!accept(text)) throw new SettingFault(`must be ${form}`);
      return new Secret(text);
    },
    absent: () => undefined,
  };
}

/** An engine that does not exist yet: any value is refused, in words that say what does. */
export function embeddedOnlySetting(named: Named, engine: string): Setting<undefined> {
  return {
    ...named,
    form: 'must be unset: only the embedded engine exists yet',
    defaultText: `embedded (${engine})`,
    secret: true,
    parse: () => {
      throw new SettingFault(
        `is set, but only the embedded engine (${engine}) exists yet: unset it`,
      );
    },
    absent: () => undefined,
  };
}
