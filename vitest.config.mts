import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    // Native runtimes (onnxruntime, SQLite) want a process of their own, not a worker thread of ours.
    pool: 'forks',
    testTimeout: 60_000,
  },
});
