import type { Plugin } from 'rolldown'

/**
 * Takes Node's own modules by `process.getBuiltinModule` instead of `import`. An import makes a
 * namespace of everything that a module has, and reading it loads what hides behind its getters:
 * `node:crypto` brings WebCrypto, `node:util` a diff. Five milliseconds of each command went there.
 *
 * What is used by its functions alone and takes long to load, is loaded by the first call: who defines a
 * guest starts no process, and who lists them connects to nothing.
 *
 * What `except` names keeps its imports, for a Node that does not know the function (before 22.3).
 */
export function nodeModulesAtOnce({ except }: { readonly except?: string } = {}): Plugin {
  const mark = '\0node-module:'
  const lateMark = '\0late-node-module:'
  return {
    name: 'node-modules-at-once',
    resolveId(source, importer) {
      if (!source.startsWith('node:')) return undefined
      if (importer === except) return { id: source, external: true }
      // Libraries take what they take; their classes cannot wait.
      const late = lateModules.includes(source) && importer?.includes('/node_modules/') !== true
      return (late ? lateMark : mark) + source
    },
    async load(id) {
      const late = id.startsWith(lateMark)
      if (!late && !id.startsWith(mark)) return undefined
      const name = id.slice((late ? lateMark : mark).length)
      const all = (await import(name)) as Readonly<Record<string, unknown>>
      const names = Object.keys(all).filter((one) => /^[A-Za-z_$][\w$]*$/.test(one))
      const own = names.filter((one) => one !== 'default' && one !== 'module.exports')
      if (late) return { code: lateModule(name, own, all), moduleSideEffects: false }
      const code = [
        `const all = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(name)})`,
        ...own.map((one) => `const node_${one} = all.${one}`),
        `export { ${own.map((one) => `node_${one} as ${one}`).join(', ')} }`,
        'export default all',
      ]
      return { code: code.join('\n'), moduleSideEffects: false }
    },
  }
}

const lateModules: readonly string[] = [
  'node:child_process',
  'node:crypto',
  'node:fs/promises',
  'node:net',
]

function lateModule(
  name: string,
  own: readonly string[],
  all: Readonly<Record<string, unknown>>,
): string {
  // Classes and constants cannot wait: who imports one is told at the build, for it is not exported.
  const functions = own.filter((one) => typeof all[one] === 'function' && !/^[A-Z]/.test(one))
  return [
    'let loaded',
    `const late = () => (loaded ??= process.getBuiltinModule(${JSON.stringify(name)}))`,
    ...functions.map((one) => `const node_${one} = (...args) => late().${one}(...args)`),
    `export { ${functions.map((one) => `node_${one} as ${one}`).join(', ')} }`,
  ].join('\n')
}
