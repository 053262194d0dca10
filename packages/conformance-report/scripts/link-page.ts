/** Makes one text of the page's compiled modules: what a script element can hold. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** All imports of the page are by name, of its own files. */
const importLine = /^import \{ [^}]*? \} from '(\.[^']+)';\n/gm

/**
 * Puts modules behind one another, what is imported first. Their top-level names share one scope,
 * so two modules may not have one in common: the parser refuses that.
 */
export function linkPage(entry: string): string {
  const seen = new Set<string>()
  const add = (file: string): string => {
    if (seen.has(file)) return ''
    seen.add(file)
    const source = readFileSync(file, 'utf8')
    const imported = [...source.matchAll(importLine)].map(([, path = '']) =>
      add(resolve(dirname(file), path)),
    )
    const own = source.replaceAll(importLine, '').replaceAll(/^export \{\};\n/gm, '')
    return [...imported, own.replaceAll(/^export (?=const|function|async|class)/gm, '')].join('')
  }
  const linked = add(entry)
  const left = /^(?:import|export)\b.*/m.exec(linked)
  if (left !== null) throw new Error(`the page cannot be linked: ${left[0]}`)
  return linked
}
