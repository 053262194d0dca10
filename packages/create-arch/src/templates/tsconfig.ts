import type { ArchPlan } from '../arch-plan.ts'

/** The workspace's flags, where the package cannot take them from it. */
const strict = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  isolatedDeclarations: true,
  declaration: true,
  declarationMap: true,
  sourceMap: true,
  rewriteRelativeImportExtensions: true,
  skipLibCheck: true,
  forceConsistentCasingInFileNames: true,
}

/** `tsconfig.json`: the build, sources only. */
export function tsconfig({ home }: ArchPlan): string {
  const inside = home.kind === 'workspace'
  return json({
    ...(inside && { extends: '../../tsconfig.base.json' }),
    compilerOptions: {
      ...(!inside && strict),
      rootDir: 'src',
      outDir: 'dist',
      // The workspace bundles the modules of its packages itself.
      ...(inside && { emitDeclarationOnly: true }),
      types: ['node'],
      ...(inside && { tsBuildInfoFile: 'tsconfig.tsbuildinfo' }),
    },
    include: ['src'],
  })
}

/** `tsconfig.test.json`: types of everything, nothing written. */
export function testTsconfig({ home }: ArchPlan): string {
  const inside = home.kind === 'workspace'
  return json({
    extends: inside ? '../../tsconfig.base.json' : './tsconfig.json',
    compilerOptions: {
      ...(!inside && { rootDir: '.' }),
      types: ['node'],
      noEmit: true,
      ...(inside && { composite: false }),
      declaration: false,
      declarationMap: false,
      isolatedDeclarations: false,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
      ...(inside && { customConditions: ['@polyvirt/source'] }),
    },
    include: ['src', 'test'],
  })
}

/** Short lists on one line, as the formatter has them. */
function json(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2)
  return `${text.replace(/\[\n\s+([^\]]*?)\n\s+\]/g, (_, inner: string) => `[${inner.replace(/\n\s+/g, ' ')}]`)}\n`
}
