import { describe, expect, test } from 'vitest'
import { parseDomain, formatDomain } from '../../src/xml/parse-domain.ts'
import { nameProblem } from '../../src/domain/domain.ts'
import { readWish } from '../../src/hypervisor/snapshots/snapshot-document.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'
import { expectRefusal } from '../support/hostile.ts'

/** Text as it would stand in an element. */
function escaped(text: string): string {
  return text.replace(/[&<>\r\n]/g, (c) => `&#${c.charCodeAt(0)};`)
}

const named = (name: string): string => toyXml({ name: `<name>${escaped(name)}</name>` })

const refused: Readonly<Record<string, readonly [string, string]>> = {
  'N-01 .': ['.', 'names a directory'],
  'N-02 ..': ['..', 'names a directory'],
  'N-03 a/b': ['a/b', "holds a '/'"],
  'N-04 ../../x': ['../../x', "holds a '/'"],
  'N-05 /abs': ['/abs', "holds a '/'"],
  'N-07 a newline': ['a\nb', 'holds a control character'],
  'N-08 a tab': ['a\tb', 'holds a control character'],
  'N-09 CR': ['a\rb', 'holds a control character'],
  'N-10 DEL': ['a\u007fb', 'holds a control character'],
  'N-11 C1': ['a\u0085b', 'holds a control character'],
  'N-13 empty': ['', 'is empty'],
  'N-14 only blanks': ['   ', 'begins or ends with a blank'],
  'N-15 a leading blank': [' a', 'begins or ends with a blank'],
  'N-15 a trailing blank': ['a ', 'begins or ends with a blank'],
  'N-17 201 bytes': ['x'.repeat(201), 'longer than 200 bytes'],
  'N-17 5,000 bytes': ['x'.repeat(5000), 'longer than 200 bytes'],
  'N-17 100 emoji': ['\u{1f600}'.repeat(100), 'longer than 200 bytes'],
  'N-24 a bidi override': ['a\u202eb', 'invisible'],
  'N-24 a zero-width space': ['a\u200bb', 'invisible'],
  'N-24 a soft hyphen': ['a\u00adb', 'invisible'],
}

const accepted: Readonly<Record<string, string>> = {
  'N-16 a leading dash': '-x',
  'N-17 200 bytes': 'x'.repeat(200),
  'N-18 a comma': 'a,b',
  'N-19 an equals sign': 'a=b',
  'N-20 a format': '%s%n',
  'N-21 a command': '$(id)`id`;id',
  'N-22 a pattern': '*?[a]',
  'N-23 quotes and tags': `"'<x>\\:&`,
  'N-25 autostart': 'autostart',
  'N-25 networks': 'networks',
  'N-25 __proto__': '__proto__',
  'N-25 a number': '123',
  'N-25 a UUID': '11111111-2222-4333-8444-666666666666',
  'N-26 case': 'Guest',
}

describe('names of domains', () => {
  test.each(Object.entries(refused))('%s is refused', (_, [name, says]) => {
    expectRefusal({ xml: named(name), path: 'name', at: '2:1', says })
    expect(nameProblem(name)).toContain(says)
  })

  test.each([
    ['N-06 NUL', 'a\0b'],
    ['N-12 ESC', 'a\u001b[2Jb'],
  ])('%s is refused', (_, name) => {
    expectRefusal({ xml: named(name), says: 'disallowed character' })
    expect(nameProblem(name)).toContain('control character')
  })

  test.each(Object.entries(accepted))('%s survives XML and the command line', (_, name) => {
    const plan = planToy(named(name))
    const printed = formatDomain(plan.domain)
    expect(parseDomain(printed).domain.name).toBe(name)
    const option = plan.argv()[plan.argv().indexOf('-name') + 1] ?? ''
    expect(option).toBe(`guest=${name.replaceAll(',', ',,')},debug-threads=on`)
  })

  test('N-24 the two forms of one letter are two names', () => {
    const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'].map(
      (name) => planToy(named(name)).domain.name,
    )
    expect(composed).not.toBe(decomposed)
  })
})

describe('names of snapshots', () => {
  const own = { 'longer than 128 characters': 'x'.repeat(129), 'begins with a dot': '.x' }
  const bad = Object.values(refused).filter(([name]) => name !== '')
  test.each([...bad, ...Object.entries(own).map(([says, name]) => [name, says] as const)])(
    '%j is refused at its line',
    (name, says) => {
      const xml = `<domainsnapshot>\n<name>${escaped(name)}</name>\n</domainsnapshot>`
      const problem = { path: 'name', place: { line: 2, column: 1 } }
      expect(() => readWish(xml)).toThrow(
        expect.objectContaining({
          code: 'ERR_XML_ERROR',
          problems: [expect.objectContaining(problem)],
        }),
      )
      expect(() => readWish(xml)).toThrow(says)
    },
  )

  test('an empty one means that one is to be made up', () => {
    expect(readWish('<domainsnapshot><name></name></domainsnapshot>').name).toBeUndefined()
  })
})
