import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Product, ROOT } from '../e2e/harness.ts';

/** How many requests an operation gets at most in each of its two runs, beside those that cover its schema. */
const EXAMPLES = Number(process.env['TOCSIN_SCHEMATHESIS_EXAMPLES'] ?? 250);
const SEED = process.env['TOCSIN_SCHEMATHESIS_SEED'] ?? '20261123';
const TENANT = 'acme-corp';
/** What python cannot install is not run. */
const NO_PYTHON = 3;

/**
 * What every answer is held to. Not `positive_data_acceptance`: a cursor, a query or a time may fit its schema and mean
 * nothing, and is refused then.
 */
const CHECKS = [
  'not_a_server_error',
  'negative_data_rejection',
  'content_type_conformance',
  'response_schema_conformance',
  'status_code_conformance',
];

/** Streams do not end; the login talks to a provider; the session of a browser is none here. */
const LEFT_OUT = '/stream$|^/v1/(login|logout|session)';
const PLATFORM = '^/v1/(tenants|platform)';

/** Where schemathesis is; undefined where it cannot be installed. */
function findProgram(): string | undefined {
  try {
    return execFileSync(join(ROOT, 'scripts/dev/schemathesis'), { encoding: 'utf8' }).trim();
  } catch (error) {
    if ((error as { status?: number }).status === NO_PYTHON) return undefined;
    throw error;
  }
}

function run(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** One run over the operations of one kind of administrator. */
function ask(program: string, url: string, headers: readonly string[], only: readonly string[]) {
  return run(program, [
    `--config-file=${join(ROOT, 'tests/schemathesis/schemathesis.toml')}`,
    'run',
    `${url}/openapi.json`,
    `--url=${url}`,
    ...headers.map((one) => `--header=${one}`),
    ...only,
    '--phases=coverage,fuzzing',
    `--max-examples=${EXAMPLES}`,
    `--seed=${SEED}`,
    `--checks=${CHECKS.join(',')}`,
    '--continue-on-failure',
    '--generation-database=none',
    '--suppress-health-check=all',
    '--request-timeout=60',
    '--no-color',
  ]);
}

const program = findProgram();
if (program === undefined) {
  process.stdout.write('schemathesis: not run (needs Python 3.11 with venv)\n');
} else {
  const product = await Product.start();
  try {
    await product.createTenant(TENANT);
    const url = `http://127.0.0.1:${product.port}`;
    const admin = await product.token('tenant_admin', TENANT);
    const root = await product.token('platform_admin');
    const statuses = [
      await ask(
        program,
        url,
        [`Authorization: Bearer ${admin}`, `X-Tenant-ID: ${TENANT}`],
        [`--exclude-path-regex=${LEFT_OUT}|${PLATFORM}`],
      ),
      await ask(
        program,
        url,
        [`Authorization: Bearer ${root}`],
        [`--include-path-regex=${PLATFORM}`],
      ),
    ];
    const parts = await product.parts();
    const restarts = parts.reduce((sum, part) => sum + part.restarts, 0);
    process.stdout.write(`restarts of processes: ${restarts}\n`);
    process.exitCode = restarts > 0 || statuses.some((status) => status !== 0) ? 1 : 0;
  } finally {
    await product.discard();
  }
}
