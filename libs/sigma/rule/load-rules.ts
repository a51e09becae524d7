import { type FaultCode, FaultSignal, faultOf, type Place, type SigmaFault } from '../fault.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { member, memberText, type YamlMap } from '../yaml/yaml-node.ts';
import { applyActions } from './collection-actions.ts';
import { applyFilters, parseFilter, type SigmaFilter } from './filter.ts';
import { parseId, parseRule } from './parse-rule.ts';
import type { SigmaRule } from './rule.ts';

/** A file of rules: its name as people know it, and its text. UNTRUSTED text. */
export interface RuleFile {
  readonly name: string;
  readonly text: string;
}

export interface LoadOptions {
  /** Values of placeholders by name: `%admins%` is `admins`. Sigma strings, wildcards live. */
  readonly lists?: Readonly<Record<string, readonly (string | number)[]>>;
}

/** A rule that waits for lists: named, never evaluated. */
export interface InactiveRule extends Place {
  readonly file: string;
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly placeholders: readonly string[];
}

/** A correlation document as it stands: `libs/correlation` reads it. */
export interface CorrelationDocument {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly map: YamlMap;
}

/** What became of each document. Nothing loads half. */
export interface LoadedRules {
  /** Documents after collection actions. */
  readonly documents: number;
  readonly rules: readonly SigmaRule[];
  readonly filters: readonly SigmaFilter[];
  readonly correlations: readonly CorrelationDocument[];
  readonly inactive: readonly InactiveRule[];
  readonly refused: readonly SigmaFault[];
  /** Things that load and probably do not mean what was meant. */
  readonly warnings: readonly SigmaFault[];
}

/** Reads rule files whole: each document is loaded, inactive or refused with its place. Pure; files in order. */
export function loadRules(files: readonly RuleFile[], options: LoadOptions = {}): LoadedRules {
  const loader = new Loader(options);
  for (const file of files) loader.add(file);
  return loader.finish();
}

class Loader {
  readonly #lists: ReadonlyMap<string, readonly string[]>;
  /** Where each id and name was given first. */
  readonly #references = new Map<string, string>();
  readonly #rules: SigmaRule[] = [];
  readonly #filters: SigmaFilter[] = [];
  readonly #correlations: CorrelationDocument[] = [];
  readonly #inactive: InactiveRule[] = [];
  readonly #refused: SigmaFault[] = [];
  readonly #warnings: SigmaFault[] = [];
  #documents = 0;

  constructor(options: LoadOptions) {
    const lists = Object.entries(options.lists ?? {});
    this.#lists = new Map(lists.map(([name, values]) => [name, values.map(String)]));
  }

  add({ name: file, text }: RuleFile): void {
    for (const document of applyActions(readYaml(text))) {
      this.#documents += 1;
      const fault =
        document instanceof FaultSignal ? document : faultOf(() => this.#document(document, file));
      if (fault instanceof FaultSignal) this.#refused.push(report(file, fault));
    }
  }

  #document(map: YamlMap, file: string): undefined {
    const id = parseId(map);
    const name = memberText(map, 'name') ?? '';
    const keys: readonly [string, string][] = [
      [id, origin(map, 'id', file)],
      [name, origin(map, 'name', file)],
    ];
    for (const [key, given] of keys) this.#checkUnique(map, key, given);
    if (member(map, 'correlation') !== undefined) {
      this.#correlations.push({ id, name, file, map });
    } else if (member(map, 'filter') !== undefined) this.#filter(map, file);
    else this.#rule(map, file);
    for (const [key, given] of keys) if (key !== '') this.#references.set(key, given);
  }

  #filter(map: YamlMap, file: string): void {
    const { filter, warning } = parseFilter(map, file, this.#lists);
    this.#filters.push(filter);
    if (warning !== undefined) this.#warnings.push(report(file, warning));
  }

  #rule(map: YamlMap, file: string): void {
    const { rule, missing } = parseRule(map, file, this.#lists);
    if (missing.length === 0) this.#rules.push(rule);
    else {
      const { id, name, title, place } = rule;
      this.#inactive.push({ file, ...place, id, name, title, placeholders: missing });
    }
  }

  /** Documents made from one template may share what the template gives. */
  #checkUnique(map: YamlMap, key: string, given: string): void {
    const taken = this.#references.get(key);
    if (key === '' || taken === undefined || taken === given) return;
    const message = `${key} is taken by the document at ${taken}: give it a new one`;
    throw new FaultSignal('duplicate_id', map.place, message);
  }

  finish(): LoadedRules {
    const { rules, faults } = applyFilters(this.#rules, this.#filters, this.#references);
    const refused = [...this.#refused, ...faults];
    return {
      documents: this.#documents,
      rules,
      filters: this.#filters,
      correlations: this.#correlations,
      inactive: this.#inactive,
      refused,
      warnings: this.#warnings,
    };
  }
}

function origin(map: YamlMap, key: string, file: string): string {
  const place = map.entries.find((entry) => entry.key === key)?.place ?? map.place;
  return `${file}:${place.line}:${place.column}`;
}

function report(file: string, fault: FaultSignal): SigmaFault {
  return faultAt(file, fault.place, fault.code, fault.message);
}

function faultAt(file: string, place: Place, code: FaultCode, message: string): SigmaFault {
  return { file, line: place.line, column: place.column, code, message };
}
