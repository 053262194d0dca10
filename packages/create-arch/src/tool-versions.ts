/** Tools of a package that stands by itself; a test holds them to those of the workspace. */
export const toolVersions = {
  '@types/node': '^24.19.2',
  typescript: '^7.0.2',
  vitest: '^5.1.1',
} as const
