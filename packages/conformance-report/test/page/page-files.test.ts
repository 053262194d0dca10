import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compilePage } from '../../scripts/compile-page.ts'

const folder = new URL('../../page/', import.meta.url)
const source = new URL('../../src/html/', import.meta.url)
const scripts = readdirSync(folder).filter((name) => name.endsWith('.ts'))

describe('the page of a report', () => {
  it('is what its sources give', () => {
    for (const [name, text] of Object.entries(compilePage().files)) {
      expect(readFileSync(new URL(name, source), 'utf8'), `run build:page for ${name}`).toBe(text)
    }
  })

  it.each(scripts)('makes no markup of text in %s', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8')
    expect(text).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write|DOMParser|srcdoc|\beval\b|new Function|import\(|fetch\(|XMLHttpRequest/,
    )
  })
})
