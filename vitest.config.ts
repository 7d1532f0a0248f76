import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: [{ find: /^.*\/program-files\.ts$/, replacement: resolve('test/helper/program-files.ts') }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helper/build.ts', 'test/browser/chromium.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The machines that run these tests are small and shared: two files at a time.
    maxWorkers: 2,
  },
});
