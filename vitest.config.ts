import { resolve } from 'node:path';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

/** What tests start beside themselves comes from the build: what a person starts, and twice as fast as from source. */
const programFilesOfTheBuild = {
  alias: [{ find: /^.*\/program-files\.ts$/, replacement: resolve('test/helper/program-files.ts') }],
};

const BUILD = 'test/helper/build.ts';
const CHROMIUM = 'test/helper/chromium.ts';

/** A project whose tests start services; see CONTRIBUTING.md for what belongs where. */
function startingServices(name: string, globalSetup: string[]): TestProjectConfiguration {
  return {
    extends: true,
    resolve: programFilesOfTheBuild,
    test: { name, include: [`test/${name}/**/*.test.ts`], globalSetup },
  };
}

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The machines that run these tests are small and shared: two files at a time.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      startingServices('service', [BUILD]),
      startingServices('browser', [BUILD, CHROMIUM]),
      startingServices('hostile', [BUILD]),
    ],
  },
});
