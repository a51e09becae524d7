import { FaultSignal } from '../fault.ts';
import type { YamlDocument } from '../yaml/read-yaml.ts';
import { member, memberText, mergeMaps, type YamlMap } from '../yaml/yaml-node.ts';

/**
 * Applies the collection actions of a file, in order: `global` is a template joined into the rules that follow and wins
 * over what they say, a later one takes its place; `reset` ends it; `repeat` joins into the rule or template before and
 * wins. Correlations and filters take nothing from a template. As pySigma does it: the specification is silent.
 */
export function applyActions(documents: readonly YamlDocument[]): YamlDocument[] {
  const out: YamlDocument[] = [];
  let template: YamlMap | undefined;
  let before: YamlMap | undefined;
  for (const document of documents) {
    if (document instanceof FaultSignal) {
      out.push(document);
      continue;
    }
    const action = memberText(document, 'action');
    if (action === 'global') {
      template = withoutAction(document);
      before = template;
    } else if (action === 'reset') template = undefined;
    else if (action === 'repeat') {
      before = joined(before, withoutAction(document), document);
      out.push(before);
    } else if (action !== undefined) out.push(unknownAction(document, action));
    else if (!isRule(document)) out.push(document);
    else {
      before = joined(document, template, document);
      out.push(before);
    }
  }
  return out;
}

function joined(base: YamlMap | undefined, over: YamlMap | undefined, at: YamlMap): YamlMap {
  if (base === undefined || over === undefined) return base ?? over ?? at;
  return { ...mergeMaps(base, over), place: at.place };
}

function isRule(document: YamlMap): boolean {
  return member(document, 'correlation') === undefined && member(document, 'filter') === undefined;
}

function withoutAction(map: YamlMap): YamlMap {
  return { ...map, entries: map.entries.filter(({ key }) => key !== 'action') };
}

function unknownAction(document: YamlMap, action: string): FaultSignal {
  const place = member(document, 'action')?.place ?? document.place;
  const message = `action ${JSON.stringify(action.slice(0, 40))}: there are global, reset and repeat`;
  return new FaultSignal('unknown_action', place, message);
}
