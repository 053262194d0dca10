import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { damagedImages, otherStreams } from './cases/streams.ts'
import { disk } from './cases/devices.ts'
import { byId, held, heldRow, titled, titleOf } from './support/numbered.ts'
import { openReaders } from './support/readers.ts'
import type { Readers } from './support/readers.ts'
import { expectHarmless, toldError } from './support/refusal.ts'

let bed: Readers
let whole: Buffer
beforeAll(async () => {
  bed = await openReaders()
  whole = readFileSync(bed.around.image)
}, 60_000)
afterEach(() => bed.reset(), 60_000)
afterAll(() => bed.dispose(), 60_000)

const title = (id: string): string => titleOf(byId(otherStreams, id))
const runs = (): readonly string[] =>
  readdirSync(`${bed.dir}/run`).filter((name) => name.startsWith('domain-'))

describe('Z: a saved guest', () => {
  test.for(titled(damagedImages))(
    '%s: restored',
    heldRow(async ({ damage, says }) => {
      const image = bed.file('damaged.save')
      writeFileSync(image, damage(whole))
      const kept = readFileSync(image)
      const before = bed.state()
      const words = [
        ['restore', image],
        ['save-image-dumpxml', image],
        ['save-image-define', image, bed.around.whole],
      ]
      // What is known of the guest can still be read where only its memory is damaged.
      const asked = damage(whole).length === whole.length && says === '' ? words.slice(0, 1) : words
      for (const command of says === 'is cut off' ? asked.slice(0, 1) : asked) {
        const answer = await bed.cli(['--json', ...command])
        expect(answer.code, command[0]).toBe(1)
        expectHarmless(answer.stderr)
        expect(answer.stderr).toContain(says)
      }
      expect(readFileSync(image).equals(kept)).toBe(true)
      expect(bed.processes()).toEqual([])
      expect(runs()).toEqual([])
      expect(withoutLogs(bed.state())).toBe(withoutLogs(before))
    }),
  )

  test.for(titled(damagedImages))(
    '%s: as a managed save, which the next start is refused over',
    heldRow(async ({ damage, says }) => {
      const { uuid } = await bed.hypervisor.domainLookup('saved')
      const path = `${bed.dir}/lib/save/${uuid}.save`
      const original = readFileSync(path)
      writeFileSync(path, damage(original))
      const kept = readFileSync(path)
      const answer = await bed.cli(['--json', 'start', 'saved'])
      expect(answer.code).toBe(1)
      expect(answer.stderr).toContain(says)
      expectHarmless(answer.stderr)
      expect(readFileSync(path).equals(kept)).toBe(true)
      expect(await bed.hypervisor.domainGetState('saved')).toMatchObject({ state: 'shut off' })
      expect(bed.processes()).toEqual([])
      writeFileSync(path, original)
    }),
  )

  test(
    title('Z-08'),
    held(async () => {
      const { hypervisor, around } = bed
      const before = readFileSync(around.image)
      const xml = await hypervisor.domainSaveImageGetXml(around.image)
      const others = {
        'another machine': xml.replace(/machine='[^']*'/, `machine='pc-q35-7.2'`),
        'more memory': xml.replace(/(<memory[^>]*>)\d+/, '$1131072'),
        'a disk more': xml.replace('<devices>', `<devices>${disk('/x')}`),
        'another emulator': xml.replace('<devices>', '<devices><emulator>/bin/sh</emulator>'),
        'another name': xml.replace(/<name>[^<]*/, '<name>other'),
      }
      for (const [what, other] of Object.entries(others)) {
        const file = bed.file('other.xml')
        writeFileSync(file, other)
        for (const words of [
          ['save-image-define', around.image, file],
          ['restore', around.image, '--xml', file],
        ]) {
          const answer = await bed.cli(['--json', ...words])
          expect(answer.code, `${words[0]}: ${what}`).toBe(1)
          expect(toldError(answer).code, what).toMatch(
            /^ERR_(?:CONFIG_UNSUPPORTED|OPERATION_FAILED|XML_ERROR)$/,
          )
          expectHarmless(answer.stderr)
        }
      }
      expect(readFileSync(around.image).equals(before)).toBe(true)
      expect(bed.processes()).toEqual([])
    }),
  )

  test(
    'S-15 the managed save of another domain is not taken for its own',
    held(async () => {
      const { uuid } = await bed.hypervisor.domainLookup('saved')
      const path = `${bed.dir}/lib/save/${uuid}.save`
      const own = readFileSync(path)
      copyFileSync(bed.around.image, path)
      const answer = await bed.cli(['--json', 'start', 'saved'])
      expect(answer.code).toBe(1)
      expectHarmless(answer.stderr)
      expect(existsSync(path)).toBe(true)
      expect(bed.processes()).toEqual([])
      writeFileSync(path, own)
    }),
  )
})

/** A start that fails may have said so in the log. */
function withoutLogs(state: string): string {
  return state
    .split('\n')
    .filter((line) => !line.startsWith('log/') && !line.startsWith('log '))
    .filter((line) => !/^ {2}(?:meta|last_state|sqlite_)/.test(line))
    .join('\n')
}
