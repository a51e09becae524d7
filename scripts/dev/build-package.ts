import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

/**
 * `npm run build` in a package that is published: writes `dist/packages/NAME` of the repository, ready for
 * `npm publish` or `npm pack`. ES modules and types; what the package uses of other packages here is put within, so that
 * it depends on registries' packages only. Sources stay what everything here runs from.
 */

const ROOT = resolve(import.meta.dirname, '../..');
const LIBS = join(ROOT, 'libs');
const NOT_PUBLISHED = /\.test\.ts$|(?:^|\/)testing\//;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Modules that strangers import, without their extension. */
  readonly publishedModules: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Builds the package in a folder into another. Throws with the compiler's words when it does not compile. */
export function buildPackage(folder: string, out: string): void {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  emit(
    manifest.publishedModules.map((name) => join(folder, `${name}.ts`)),
    out,
  );
  for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    if (/\.(?:js|d\.ts)$/.test(name)) rewriteImports(join(out, name), out);
  }
  const own = relative(LIBS, folder);
  writeFileSync(
    join(out, 'package.json'),
    `${JSON.stringify(publishedManifest(manifest, own), undefined, 2)}\n`,
  );
  copyReadme(folder, out);
  cpSync(join(ROOT, 'LICENSE'), join(out, 'LICENSE'));
}

/** The README, and what it links to of the repository beside it in `docs/`. */
function copyReadme(folder: string, out: string): void {
  const text = readFileSync(join(folder, 'README.md'), 'utf8');
  const rewritten = text.replace(/\]\((\.\.\/[^)#]+\.md)/g, (_, link: string) => {
    const name = `docs/${basename(link)}`;
    cpSync(join(folder, link), join(out, name));
    return `](${name}`;
  });
  writeFileSync(join(out, 'README.md'), rewritten);
}

/** Compiles the modules and all they import; only what is not published by name is left without checks. */
function emit(modules: readonly string[], out: string): void {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const program = ts.createProgram(modules, {
    ...options,
    noEmit: false,
    // `npm run check` has checked the types.
    noCheck: true,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    allowImportingTsExtensions: false,
    // Found as folders, not as packages: what is found as a package is not compiled.
    paths: { '@tocsin/*': [join(LIBS, '*'), join(LIBS, 'common/*')] },
    rootDir: LIBS,
    outDir: out,
  });
  const strays = program
    .getSourceFiles()
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith(LIBS) && NOT_PUBLISHED.test(name));
  if (strays.length > 0) throw new Error(`published code imports tests: ${strays}`);
  const { diagnostics } = program.emit();
  const faults = [...program.getOptionsDiagnostics(), ...diagnostics];
  if (faults.length > 0) throw new Error(ts.formatDiagnostics(faults, FORMAT));
}

const FORMAT: ts.FormatDiagnosticsHost = {
  getCurrentDirectory: () => ROOT,
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
};

/** Imports of other packages here become paths within, and `.ts` of types becomes `.js`. */
function rewriteImports(file: string, out: string): void {
  const text = readFileSync(file, 'utf8');
  const rewritten = text.replace(
    /(\bfrom\s+|\bimport\(|\bimport\s+)(['"])([^'"\n]+)\.ts\2/g,
    (_, before: string, quote: string, path: string) =>
      `${before}${quote}${withinPackage(path, file, out)}.js${quote}`,
  );
  if (rewritten !== text) writeFileSync(file, rewritten);
}

function withinPackage(path: string, file: string, out: string): string {
  const match = /^@tocsin\/([^/]+)\/(.+)$/.exec(path);
  if (match === null) return path;
  const [, name = '', module = ''] = match;
  const place = ['', 'common']
    .map((group) => join(out, group, name, module))
    .find(
      (candidate) => ts.sys.fileExists(`${candidate}.js`) || ts.sys.fileExists(`${candidate}.d.ts`),
    );
  if (place === undefined)
    throw new Error(`${basename(file)} imports ${path}, which was not built`);
  const to = relative(dirname(file), place);
  return to.startsWith('.') ? to : `./${to}`;
}

function publishedManifest(manifest: Manifest, own: string): Record<string, unknown> {
  const { name, version, description, publishedModules, dependencies = {} } = manifest;
  const modules = publishedModules.map((module): [string, unknown] => [
    `./${module}.js`,
    { types: `./${own}/${module}.d.ts`, default: `./${own}/${module}.js` },
  ]);
  const outside = Object.entries(dependencies).filter(([name]) => !name.startsWith('@tocsin/'));
  return {
    name,
    version,
    description,
    license: 'MIT',
    type: 'module',
    engines: { node: '>=24' },
    sideEffects: false,
    exports: Object.fromEntries(modules),
    ...(outside.length > 0 ? { dependencies: Object.fromEntries(outside) } : {}),
  };
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? '.');
  const out = join(ROOT, 'dist/packages', basename(folder));
  buildPackage(folder, out);
  process.stdout.write(`built ${relative(process.cwd(), out)}\n`);
}
