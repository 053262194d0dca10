import { describe, expect, it } from 'vitest'
import { realPolyvirt } from './real-polyvirt.ts'

const real = realPolyvirt()
const { answers, run } = real
const mac = '52:54:00:00:00:01'

/** What is shown of these limits, in virsh's lines. */
const lines = (inbound: readonly number[], outbound: readonly number[]): string =>
  [
    ['inbound.average: ', 'inbound.peak   : ', 'inbound.burst  : ', 'inbound.floor  : '].map(
      (name, i) => `${name}${inbound[i] ?? 0}\n`,
    ),
    ['outbound.average: ', 'outbound.peak  : ', 'outbound.burst : '].map(
      (name, i) => `${name}${outbound[i] ?? 0}\n`,
    ),
  ]
    .flat()
    .join('')

describe('the limits of a card', { timeout: 60_000 }, () => {
  it('are shown and changed as virsh does it, one direction by itself', async () => {
    const file = real.file(
      'v.xml',
      `<domain type='qemu'>
  <name>v</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <interface type='ethernet'><mac address='${mac}'/><model type='virtio'/></interface>
  </devices>
</domain>
`,
    )
    const shown = `domiftune v ${mac}`
    const said = await answers(
      `define ${file}`,
      shown,
      `${shown} --inbound 100,200,300 --outbound 010`,
      shown,
      `${shown} --inbound 5,6,7`,
      shown,
      'dumpxml v',
      `${shown} --inbound 0 --outbound 0,0,0`,
      shown,
      'dumpxml v',
    )
    expect(said[1]).toBe(lines([], []))
    expect(said[2]).toBe('')
    expect(said[3]).toBe(lines([100, 200, 300], [10]))
    expect(said[5]).toBe(lines([5, 6, 7], [10]))
    expect(said[6]).toContain(
      "<inbound average='5' peak='6' burst='7'/>\n        <outbound average='10'/>",
    )
    expect(said[8]).toBe(lines([], []))
    expect(said[9]).not.toContain('<bandwidth>')
  })

  it.each([
    ['--inbound x', "field 'average' is malformed"],
    ['--inbound 1,y', "field 'peak' is malformed"],
    ['--inbound 1.5', "field 'average' is malformed"],
    ['--inbound -1', "field 'average' is malformed"],
    ['--inbound 0x10', "field 'average' is malformed"],
    ['--inbound 1,2,3,4,5', "Rate string '1,2,3,4,5' has too many fields"],
    ['--inbound ,2', 'either inbound average or floor is mandatory'],
    ['--outbound 0,2', 'outbound average is mandatory'],
    ['--outbound 1,2,3,4', 'outbound floor is unsupported yet'],
    ['--inbound 1,4294967296', 'inbound rate larger than maximum 4294967295'],
    ['--live', 'Unable to get interface parameters\nerror: '],
  ])('%s is refused in virsh’s words: %s', async (words, message) => {
    const { code, stderr } = await run(`domiftune v ${mac} ${words}`)
    expect(stderr).toContain(`error: ${message}`)
    expect(code).toBe(1)
  })

  it('of a card that is not there are refused with those that are', async () => {
    const { stderr } = await run('domiftune v vnet9')
    expect(stderr).toContain('Unable to get interface parameters')
    expect(stderr).toContain(`interface ('vnet9') not found; the domain has: ${mac}`)
  })
})
