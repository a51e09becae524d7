import {
  LOG_TOPICS,
  type LogTopic,
  type Topic,
  WORK_TOPICS,
  type WorkTopic,
} from '@tocsin/contracts/topic.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';

/** Reads the members of a JSON object of another process, each checked where it is used. */
export class Members {
  readonly #object: Readonly<Record<string, unknown>>;

  /** @param object UNTRUSTED */
  constructor(object: Readonly<Record<string, unknown>>) {
    this.#object = object;
  }

  /** @throws Problem `malformed_json` or `invalid_request` when the bytes are not a JSON object */
  static parse(bytes: Buffer): Members {
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      throw new Problem('malformed_json', { cause: error });
    }
    return Members.of(value);
  }

  static of(value: unknown): Members {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Problem('invalid_request', { detail: 'an object is expected' });
    }
    return new Members(value as Record<string, unknown>);
  }

  text(name: string): string {
    const value = this.#object[name];
    if (typeof value === 'string' && value.length <= 2048) return value;
    throw fault(name, 'must be a text of at most 2048 characters');
  }

  optionalText(name: string): string | undefined {
    return this.#object[name] === undefined ? undefined : this.text(name);
  }

  whole(name: string): number {
    const value = this.#object[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw fault(name, 'must be a whole number of at least 0');
  }

  optionalWhole(name: string): number | undefined {
    return this.#object[name] === undefined ? undefined : this.whole(name);
  }

  flag(name: string): boolean {
    const value = this.#object[name];
    if (typeof value === 'boolean') return value;
    throw fault(name, 'must be true or false');
  }

  list(name: string): Members[] {
    const value = this.#object[name];
    if (!Array.isArray(value)) throw fault(name, 'must be a list');
    return value.map((item) => Members.of(item));
  }

  object(name: string): Members {
    return Members.of(this.#object[name]);
  }

  tenantId(): TenantId {
    return parseTenantId(this.#object.tenant_id);
  }

  topic(): Topic {
    const value = this.#object.topic;
    const topic = [...LOG_TOPICS, ...WORK_TOPICS].find((known) => known === value);
    if (topic !== undefined) return topic;
    throw fault('topic', 'must be a known topic');
  }

  logTopic(): LogTopic {
    const topic = LOG_TOPICS.find((known) => known === this.#object.topic);
    if (topic !== undefined) return topic;
    throw fault('topic', 'must be a topic that is read as a log');
  }

  workTopic(): WorkTopic {
    const topic = WORK_TOPICS.find((known) => known === this.#object.topic);
    if (topic !== undefined) return topic;
    throw fault('topic', 'must be a work topic');
  }
}

function fault(name: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `${name} ${detail}`,
    errors: [{ pointer: `/${name}`, detail }],
  });
}
