import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{libs,clients,sources,content,services,apps,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['libs/database/testing/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
