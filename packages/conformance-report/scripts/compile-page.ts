/** The page's script and style as they stand in a report, made from `page/`. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linkPage } from './link-page.ts'

const folder = fileURLToPath(new URL('../', import.meta.url))

export interface CompiledPage {
  /** By the file in `src/html` that holds it. */
  readonly files: Readonly<Record<'page-script.ts' | 'page-style.ts', string>>
}

export function compilePage(): CompiledPage {
  const style = readFileSync(join(folder, 'page/page.css'), 'utf8')
  return {
    files: {
      'page-script.ts': moduleOf('pageScript', compileScript()),
      'page-style.ts': moduleOf('pageStyle', style.replaceAll(/\/\*[^]*?\*\/\n*/g, '')),
    },
  }
}

function compileScript(): string {
  const out = mkdtempSync(join(tmpdir(), 'polyvirt-page-'))
  try {
    const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
    const flags = ['-p', join(folder, 'page'), '--noEmit', 'false', '--outDir', out]
    execFileSync(process.execPath, [join(typescript, 'bin/tsc'), ...flags], { stdio: 'pipe' })
    // Only within strings and patterns of a module, where the escaped form means the same.
    return linkPage(join(out, 'page/main.js')).replaceAll('<!--', '<\\!--')
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** Text as a module; within an element of a page, nothing in it may end that element. */
function moduleOf(name: string, text: string): string {
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`${name} would end its own element`)
  const escaped = text.replaceAll(/[\\`]|\$\{/g, '\\$&')
  return (
    `/** Made from \`page/\` by \`scripts/build-page.ts\`; a test compares them. */\n` +
    `export const ${name}: string = \`${escaped}\`\n`
  )
}
