import { SigmaView } from '@tocsin/detect-service/domain/sigma/sigma-view.ts';

/** The pipeline's thread with a parser that hangs on `PARSE-HANG` and a rule that hangs on `RULE-HANG`. */
const parse = JSON.parse;
JSON.parse = (text: string, ...more) => {
  while (String(text).includes('PARSE-HANG'));
  return parse(text, ...more);
};

const { match } = SigmaView.prototype;
SigmaView.prototype.match = function hanging(event) {
  while (event.message.includes('RULE-HANG'));
  return match.call(this, event);
};

await import('../worker.ts');
