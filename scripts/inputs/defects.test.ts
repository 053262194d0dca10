import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { disk } from './cases/devices.ts'
import { failure } from './support/failure.ts'
import { guestXml } from './support/guest-xml.ts'
import { defineOddGuest } from './support/odd-guest.ts'
import type { OddGuest } from './support/odd-guest.ts'
import { openReaders } from './support/readers.ts'
import type { Readers } from './support/readers.ts'
import { expectHarmless, expectRefused, toldError } from './support/refusal.ts'
import { identify, isAlive } from './support/rooms.ts'

let bed: Readers
let odd: OddGuest
beforeAll(async () => {
  bed = await openReaders()
  odd = await defineOddGuest(bed, 'odd')
}, 60_000)
afterEach(async () => {
  odd.behave({})
  for (const { name, uuid, id } of await bed.hypervisor.connectListAllDomains()) {
    if (id !== undefined) await bed.hypervisor.domainDestroy(uuid)
    if (!['off', 'saved', 'imaged', 'odd'].includes(name))
      await bed.hypervisor.domainUndefine(uuid).catch(() => undefined)
  }
}, 60_000)
afterAll(() => bed.dispose(), 60_000)

const define = (xml: string): ReturnType<Readers['read']> => bed.read('define', xml)
const named = (name: string): string => guestXml({ name: `<name>${name}</name>` })

/** Where a table of the catalogue tests the rest of the row. */
const rest = {
  'A-3': 'S-01',
  'A-4': 'S-07',
  'A-5': 'Q-25, S-08',
  'A-10': 'Q-22',
  'A-13': 'F-04',
  'A-14': 'S-16',
  'A-15': 'S-16',
  'A-29': 'K-04',
  'A-30': 'K-01',
  'A-31': 'K-01',
} as const

describe('What libvirt 9.0 does and we do not', () => {
  test('A-1 a name that is a folder deletes nothing', async () => {
    const canary = `${bed.dir}/run/canary`
    writeFileSync(canary, 'x', { mode: 0o600 })
    const before = bed.bytes()
    for (const name of ['.', '..', '../../x'])
      expectRefused(await define(named(name)), { path: 'name', at: '2:1', says: name })
    expect(bed.bytes()).toBe(before)
  })

  test('A-2 no number of vCPUs ends the process, or costs anything', async () => {
    for (const count of ['-1', '4294967295', '1000000000', '10000000']) {
      const begin = performance.now()
      expect((await define(guestXml({ vcpu: `<vcpu>${count}</vcpu>` }))).code).toBe(1)
      expect(performance.now() - begin).toBeLessThan(2000)
    }
  })

  test(`A-3, A-5 an innocent process, or a healthy guest, is never ended (${rest['A-3']}, ${rest['A-5']})`, async () => {
    await bed.hypervisor.domainCreate('odd')
    const identity = identify(odd.pid())
    odd.behave({ hangUp: 'before' })
    expect(await bed.hypervisor.domainGetState('odd')).toMatchObject({ state: 'running' })
    expect(identity && isAlive(identity)).toBe(true)
  })

  test(`A-4 a guest that lives is never shown as off (${rest['A-4']})`, async () => {
    await bed.hypervisor.domainCreate('odd')
    odd.behave({ greet: null })
    const { stdout } = await bed.cli(['list'])
    expect(stdout).toMatch(/odd +running/)
  })

  test('A-6 one malformed line costs one command', async () => {
    await bed.hypervisor.domainCreate('odd')
    odd.behave({ answers: { stop: { raw: 'garbage\r\n{"return":{},"id":@ID@}\r\n' } } })
    await failure(bed.hypervisor.domainSuspend('odd'))
    odd.behave({})
    await bed.hypervisor.domainSuspend('odd')
    await bed.hypervisor.domainResume('odd')
  })

  test('A-7, A-8, A-9 every wait has a limit, every depth an end, every answer its id', async () => {
    await bed.hypervisor.domainCreate('odd')
    for (const [script, says] of [
      [{ greet: `{"QMP":${'['.repeat(200_000)}\n` }, 'nesting deeper'],
      [{ answers: { stop: { raw: '{"return":{},"id":"other"}\r\n' } } }, 'an answer to id'],
    ] as const) {
      odd.behave(script)
      expect(await failure(bed.hypervisor.domainSuspend('odd'))).toMatchObject({
        message: expect.stringContaining(says),
      })
    }
    odd.behave({ greet: null })
    expect(await bed.hypervisor.domainGetState('odd')).toMatchObject({ state: 'running' })
    await bed.hypervisor.domainDestroy('odd')
    expect(bed.processes()).toEqual([])
  })

  test(`A-10 a SHUTDOWN that is a lie ends no guest (${rest['A-10']})`, async () => {
    await bed.hypervisor.domainCreate('odd')
    const event =
      '{"event":"SHUTDOWN","data":{"guest":true},"timestamp":{"seconds":1,"microseconds":1}}\r\n'
    odd.behave({ answers: { stop: { raw: `${event}{"return":{},"id":@ID@}\r\n` } } })
    await bed.hypervisor.domainSuspend('odd')
    expect(bed.processes()).toHaveLength(1)
  })

  test('A-11, A-12 (agent.test.ts) an agent is asked with a limit, and what it says is escaped', async () => {
    const channel = `<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`
    await bed.hypervisor.domainDefineXml(guestXml({ devices: channel }))
    await bed.hypervisor.domainCreate('guest')
    const error = await failure(bed.hypervisor.domainGetGuestInfo('guest', { timeoutMs: 200 }))
    expect(error).toMatchObject({ code: 'ERR_AGENT_UNRESPONSIVE' })
  })

  test(`A-13 a change that is refused changes nothing, in memory either (${rest['A-13']})`, async () => {
    const before = await bed.hypervisor.domainGetXmlDesc('off')
    await failure(bed.hypervisor.domainSetMemory('off', 2 ** 53, { config: true }))
    expect(await bed.hypervisor.domainGetXmlDesc('off')).toBe(before)
  })

  test(`A-14, A-15 what lies about in the folders keeps nobody from working (${rest['A-14']})`, async () => {
    mkdirSync(`${bed.dir}/lib/x.xml`)
    writeFileSync(`${bed.dir}/lib/y.xml`, 'garbage')
    await using other = await bed.open()
    expect((await other.connectListAllDomains()).length).toBeGreaterThan(0)
  })

  test('A-16, A-19 a DOCTYPE is refused, so what is stored can be shown', async () => {
    const xml = `<!DOCTYPE domain [<!ENTITY a "${'x'.repeat(50_000)}">]>\n${guestXml({ more: `<description>${'&a;'.repeat(2000)}</description>` })}`
    expectRefused(await define(xml), { at: '1:1', says: 'a DOCTYPE is not accepted' })
  })

  test('A-17, A-18 a million elements or 100,000 attributes are refused at once, in few words', async () => {
    for (const xml of [
      `<domain>${'<a>'.repeat(1_000_000)}`,
      `<domain ${Array.from({ length: 100_000 }, (_, i) => `a${i}=''`).join(' ')}/>`,
    ]) {
      const begin = performance.now()
      const answer = await define(xml)
      expect(answer.code).toBe(1)
      expectHarmless(toldError(answer).message)
      expect(performance.now() - begin).toBeLessThan(5000)
    }
  })

  test('A-20, A-21 an unknown word is named with its place and the nearest one that is known', async () => {
    const xml = guestXml({ vcpu: `<vcpu bogus='1'>1</vcpu>`, more: '<memroy>1</memroy>' })
    const warned = await bed.read('domxml-to-native', xml)
    expect(warned.code).toBe(0)
    for (const word of [`did you mean 'memory'?`, `'bogus'`]) {
      expect(`${warned.stdout}${warned.stderr}`).toContain(word)
      expect(toldError(await bed.read('define --validate', xml)).message).toContain(word)
    }
  })

  test('A-22 the cause is named, not what follows from it', async () => {
    expectRefused(await define(guestXml({ vcpu: '<vcpu>0</vcpu>' })), { path: 'vcpu', says: `'0'` })
    const machine = `<os><type arch='x86_64' machine='nope'>hvm</type></os>`
    expectRefused(await define(guestXml({ os: machine })), {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: 'os/type/@machine',
      says: `'nope'`,
    })
    expectRefused(await define(guestXml({ uuid: '<uuid>x</uuid>' })), {
      path: 'uuid',
      says: 'is not a UUID',
    })
    expectRefused(await define(guestXml({ root: '<domain>' })), { path: '', says: 'type' })
  })

  test('A-23 one rule for all numbers and names; what may stand once stands once', async () => {
    for (const text of [' 64 ', '+2', '\u0663'])
      expect((await define(guestXml({ vcpu: `<vcpu>${text}</vcpu>` }))).code, text).toBe(1)
    const zero = '<uuid>00000000-0000-0000-0000-000000000000</uuid>'
    expect((await define(guestXml({ uuid: zero }))).code).toBe(1)
    expect((await define(guestXml({ more: '<name>b</name>' }))).code).toBe(1)
  })

  test('A-24 an emulator that is none is not executed', async () => {
    const answer = await define(guestXml({ devices: '<emulator>/bin/sh</emulator>' }))
    expectRefused(answer, {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: 'devices/emulator',
      at: '9:1',
      says: `'/bin/sh' is no emulator by its name`,
    })
  })

  test('A-25, A-26 names that hide something, or are too long for a file, are refused before any file', async () => {
    const before = bed.bytes()
    for (const name of ['a&#9;b', '   ', ' a', 'a\u007fb', 'a\u202eb', 'x'.repeat(251)])
      expectRefused(await define(named(name)), { path: 'name', at: '2:1', says: '' })
    expect(bed.bytes()).toBe(before)
  })

  test('A-27 ports, paths and names that cannot work are refused at define', async () => {
    for (const devices of [
      `<graphics type='vnc' port='70000' autoport='no'/>`,
      `<graphics type='vnc' port='1' autoport='no'/>`,
      `<serial type='unix'><source mode='bind' path='/${'x'.repeat(119)}'/></serial>`,
      `<serial type='tcp'><source mode='bind' host='127.0.0.1' service='99999'/></serial>`,
      disk('relative.img'),
      disk('/x', '', '../x'),
      `<interface type='bridge'><source bridge='br0;id'/></interface>`,
    ])
      expect((await define(guestXml({ devices }))).code, devices).toBe(1)
  })

  test('A-28, A-29 nothing of a run is left, and a disk is as it was', async () => {
    const path = bed.file('owned.img')
    writeFileSync(path, Buffer.alloc(1024 * 1024), { mode: 0o640 })
    const before = bed.state()
    const { statSync } = await import('node:fs')
    const rights = (): string =>
      `${statSync(path).mode} ${statSync(path).uid} ${statSync(path).gid}`
    const was = rights()
    const shared = disk(path, '<shareable/>')
    for (const name of ['x', 'y']) {
      await bed.hypervisor.domainDefineXml(
        guestXml({ name: `<name>${name}</name>`, devices: shared }),
      )
      await bed.hypervisor.domainCreate(name, { paused: true })
    }
    for (const name of ['x', 'y']) await bed.hypervisor.domainDestroy(name)
    expect(rights()).toBe(was)
    expect(readdirSync(`${bed.dir}/run`).filter((name) => name.startsWith('domain-'))).toEqual([])
    expect(before).not.toBe('')
  })

  test(`A-30, A-31 a definition is there once it was said to be (${rest['A-30']}, ${rest['A-31']})`, async () => {
    await define(guestXml())
    await using other = await bed.open()
    expect(await other.domainLookup('guest')).toMatchObject({ name: 'guest' })
  })

  test('A-32 an empty managed save does not make a guest boot without a word', async () => {
    const { uuid } = await bed.hypervisor.domainLookup('saved')
    const path = `${bed.dir}/lib/save/${uuid}.save`
    const { readFileSync } = await import('node:fs')
    const whole = readFileSync(path)
    writeFileSync(path, '')
    const answer = await bed.cli(['start', 'saved'])
    expect(answer.code).toBe(1)
    expect(answer.stderr).toContain('it has been kept as it is')
    expect(existsSync(path)).toBe(true)
    expect(bed.processes()).toEqual([])
    writeFileSync(path, whole)
  })

  test('A-33 a document that is too large is told so, with the limit', async () => {
    for (const bytes of [5_000_000, 11_000_000]) {
      const answer = await define(
        guestXml({ more: `<description>${'x'.repeat(bytes)}</description>` }),
      )
      expectRefused(answer, { says: '4 MiB' })
    }
  })
})
