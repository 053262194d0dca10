import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { elsewhere } from './cases/elsewhere.ts'
import { everything } from './cases/everything.ts'
import { awaited } from './support/awaited.ts'
import { chapters } from './support/catalogue.ts'

/** `X-01` to `Z-09`. */
const all = Object.entries(chapters).flatMap(([chapter, count]) =>
  Array.from({ length: count }, (_, i) => `${chapter}-${String(i + 1).padStart(2, '0')}`),
)

describe('The catalogue', () => {
  test('has 273 numbers', () => {
    expect(all).toHaveLength(273)
  })

  test('has each of them, and each in one place', () => {
    const places = Object.entries(everything).flatMap(([file, rows]) =>
      [...new Set(rows.map(({ id }) => id))].map((id) => [id, file] as const),
    )
    expect(places.map(([id]) => id).toSorted()).toEqual(all.toSorted())
  })

  test('has no two tests of one title', () => {
    for (const rows of Object.values(everything)) {
      const titles = rows.map(({ id, what }) => `${id} ${what}`)
      expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([])
    }
  })

  test('names each number that stands alone in the file that tests it', () => {
    for (const [file, rows] of Object.entries(everything)) {
      if (file === 'scripts/faults') continue
      const text = readFileSync(new URL(file, import.meta.url), 'utf8')
      const tables = [...text.matchAll(/titled\(/g)].length
      const named = rows.filter(({ id }) => text.includes(`'${id}'`) || text.includes(id))
      expect(tables + named.length, file).toBeGreaterThan(0)
    }
  })

  test('sends elsewhere only what is there', () => {
    for (const { where } of elsewhere) {
      expect(existsSync(new URL(`../../${where}/`, import.meta.url)), where).toBe(true)
    }
  })

  test.for([
    ['defects.test.ts', 'A', 33],
    ['matched.test.ts', 'B', 28],
  ] as const)('%s shows every row of %s', ([file, letter, count]) => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8')
    const named = new Set(text.match(new RegExp(`\\b${letter}-\\d+\\b`, 'g')))
    const rows = Array.from({ length: count }, (_, i) => `${letter}-${i + 1}`)
    expect(rows.filter((row) => !named.has(row))).toEqual([])
  })

  test('awaits nothing twice', () => {
    expect(new Set(awaited).size).toBe(awaited.size)
  })
})
