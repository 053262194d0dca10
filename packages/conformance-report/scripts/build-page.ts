/**
 * Writes the page's script and style into `src/html`, from `page/`. They are kept as text, so that a
 * report needs no file, no bundler and no compiler: from source, from `dist` and within a bundle.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compilePage } from './compile-page.ts'

const folder = new URL('../src/html/', import.meta.url)

for (const [name, text] of Object.entries(compilePage().files)) {
  writeFileSync(fileURLToPath(new URL(name, folder)), text)
}
