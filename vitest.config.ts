import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{libs,clients,sources,content,services,apps,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // In this order: the database of a killed run is found in the system's own temporary folder.
    globalSetup: ['libs/database/testing/global-setup.ts', 'scripts/dev/temporary-folder.ts'],
    setupFiles: ['scripts/dev/fixed-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // They end what hangs and claim nothing about speed: a loaded machine is not a failure. Where the product promises
    // a time, a test moves a clock or states a limit of its own.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 100_000 } },
  },
});
