import { type Command, Option } from 'commander';
import { type CommonOptions, defineCommand } from '../cli/define-command.ts';
import { wholeNumber } from '../cli/parse-number.ts';

/** Options of `tocsin demo`. */
export interface DemoOptions extends CommonOptions {
  readonly port?: number;
  readonly exit?: true;
  readonly printEvents?: true;
}

export function registerDemo(program: Command): void {
  defineCommand(program, 'demo', 'run Tocsin with a sample attack and show what comes of it')
    .option('--port <n>', 'port of the API (8080, or a free one)', wholeNumber(0, 65_535))
    .option('--exit', 'stop after the summary; exit status 0 only if all is as expected')
    .addOption(new Option('--print-events', 'print the sample and do nothing else').hideHelp())
    .action(async (options: DemoOptions) => {
      if (options.printEvents === true) {
        const { printSample } = await import('../demo-run/print-sample.ts');
        printSample();
        return;
      }
      const { runDemo } = await import('../demo-run/run-demo.ts');
      await runDemo(options);
    });
}
