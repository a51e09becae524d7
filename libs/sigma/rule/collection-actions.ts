import { FaultSignal } from '../fault.ts';
import type { YamlDocument } from '../yaml/read-yaml.ts';
import { member, memberText, mergeMaps, type YamlMap } from '../yaml/yaml-node.ts';

/**
 * Applies the collection actions of a file, in order: `global` is a template joined into all that follow, `reset`
 * ends it, `repeat` joins into the document before. What is left are documents of their own.
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
    if (action === 'global') template = withoutAction(document);
    else if (action === 'reset') template = undefined;
    else if (action === 'repeat') {
      before =
        before === undefined ? withoutAction(document) : mergeMaps(before, withoutAction(document));
      out.push(before);
    } else if (action === undefined) {
      before = template === undefined ? document : mergeMaps(template, document);
      out.push(before);
    } else out.push(unknownAction(document, action));
  }
  return out;
}

function withoutAction(map: YamlMap): YamlMap {
  return { ...map, entries: map.entries.filter(({ key }) => key !== 'action') };
}

function unknownAction(document: YamlMap, action: string): FaultSignal {
  const place = member(document, 'action')?.place ?? document.place;
  const message = `action ${JSON.stringify(action.slice(0, 40))}: there are global, reset and repeat`;
  return new FaultSignal('unknown_action', place, message);
}
