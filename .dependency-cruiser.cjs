// Who may import whom. docs/adr/0008-one-seam-for-the-world.md and ARCHITECTURE.md say why.

/** Folders whose code computes and does nothing else: no file, no network, no process, no clock. */
const PURE = '^(libs/(query|correlation|common/(kernel|contracts))|sources)/';
/** The kernel's seam to the outside, where input, output and chance enter the product. */
const SEAM = '^libs/common/kernel/(world|disk|uuid|random|derived-id)\\.ts$';
/** Tests, their helpers and measuring programs may use what they like. */
const NOT_PRODUCT = '(\\.test\\.ts$|/testing/|/conformance/|\\.bench\\.ts$|-bench\\.ts$)';
/** Node modules that reach outside of the process, or keep state that is not input. */
const OUTSIDE =
  '^(node:)?(fs|fs/promises|net|http|https|http2|dgram|dns|tls|child_process|worker_threads|cluster|os|process|timers|timers/promises|readline|crypto)$';
/** Adapters: one technology each. Services know the port; only the wiring of a process knows these. */
const ADAPTERS =
  '^libs/(bus|search|windows|objects)/((lmdb|duckdb|postgres|remote|memory|folder)/|(lmdb|duckdb|memory|folder|remote)-)';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'services-stay-apart',
      comment: 'Services talk over the bus and HTTP; apps/tocsin composes them.',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: NOT_PRODUCT },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'libs-know-no-service',
      comment: 'A library that needs a service is part of that service.',
      severity: 'error',
      from: { path: '^(libs|sources|content)/' },
      to: { path: '^(services|apps)/' },
    },
    {
      name: 'services-know-no-app',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: '^apps/' },
    },
    {
      name: 'pure-code-stays-pure',
      comment: 'What is a function of its input can be replayed, simulated and tested exactly.',
      severity: 'error',
      from: { path: PURE, pathNot: [SEAM, NOT_PRODUCT] },
      to: { dependencyTypes: ['core'], path: OUTSIDE },
    },
    {
      name: 'only-processes-choose-adapters',
      comment: 'No service has code that knows which engine it has.',
      severity: 'error',
      from: {
        path: '^(services|sources|content|apps)/',
        pathNot: ['^apps/tocsin/(processes|pipeline)/', NOT_PRODUCT],
      },
      to: { path: ADAPTERS },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: { pathNot: [NOT_PRODUCT, '^(tests|bench)/', '\\.config\\.ts$'] },
      to: { path: '(\\.test\\.ts$|/testing/)' },
    },
    {
      name: 'declared-packages-only',
      comment: 'A package that is there by chance is gone after the next npm ci.',
      severity: 'error',
      from: { pathNot: ['^(tests|bench|scripts)/', NOT_PRODUCT] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)node_modules/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
