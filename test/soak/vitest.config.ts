import { defineConfig } from 'vitest/config';

/** Tests that take long and are run on purpose. */
export default defineConfig({
  test: { root: '.', include: ['test/soak/**/*.test.ts'], pool: 'forks', maxWorkers: 2, hookTimeout: 300_000 },
});
