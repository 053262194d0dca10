import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Siblings resolve to their TypeScript sources, so a test never runs against a stale build.
  resolve: { conditions: ['@polyvirt/source'] },
  ssr: { resolve: { conditions: ['@polyvirt/source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 20_000,
  },
})
