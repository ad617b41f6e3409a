import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,commands,contract,golden,e2e,stack,repo}/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
