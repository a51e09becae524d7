import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{libs,clients,sources,content,services,apps,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['libs/database/testing/global-setup.ts'],
    setupFiles: ['scripts/dev/fixed-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A state that is waited for may take as long as a test: a loaded machine is not a failure.
    expect: { poll: { timeout: 20_000 } },
  },
});
