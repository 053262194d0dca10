import { describe, expect, test } from 'vitest'
import { formatCpu, readCpuDocuments } from '../../src/hypervisor/cpu-documents.ts'

const guest = `<cpu mode='custom' match='minimum'><model fallback='forbid'>M1</model><feature policy='disable' name='f1'/></cpu>`
const host = `<cpu><arch>toy64</arch><model>M2</model><vendor>V</vendor><microcode version='1'/><signature family='1' model='2' stepping='3'/><counter name='tsc' frequency='5'/><topology sockets='1' dies='1' cores='2' threads='1'/><maxphysaddr mode='emulate' bits='48'/><feature name='f2'/><pages unit='KiB' size='4'/></cpu>`

describe('CPUs of documents', () => {
  test.each([
    ['a bare <cpu>', guest, [[undefined, 'M1']]],
    [
      'a domain',
      `<domain><os><type arch='toy64'>hvm</type></os>${guest}</domain>`,
      [['toy64', 'M1']],
    ],
    ['capabilities', `<capabilities><host>${host}</host></capabilities>`, [['toy64', 'M2']]],
    [
      'domain capabilities, of their host model',
      `<domainCapabilities><arch>toy64</arch><cpu><mode name='maximum' supported='yes'/><mode name='host-model' supported='yes'><model fallback='forbid'>M3</model></mode></cpu></domainCapabilities>`,
      [['toy64', 'M3']],
    ],
    [
      'several documents in a row',
      `<?xml version='1.0'?>\n${guest}\n${host}`,
      [
        [undefined, 'M1'],
        ['toy64', 'M2'],
      ],
    ],
    [
      'several below one element',
      `<cpus>${host}${guest}</cpus>`,
      [
        ['toy64', 'M2'],
        [undefined, 'M1'],
      ],
    ],
  ])('are found in %s', (_, text, expected) => {
    expect(readCpuDocuments(text).map(({ arch, cpu }) => [arch, cpu.model])).toEqual(expected)
  })

  test("a guest's asks, a host's has", () => {
    const [asked] = readCpuDocuments(guest)
    expect(asked?.cpu).toMatchObject({ mode: 'custom', match: 'minimum', fallback: 'forbid' })
    const [has] = readCpuDocuments(host)
    expect(has?.cpu).toEqual({ model: 'M2', vendor: 'V', features: [{ name: 'f2' }] })
  })

  test.each([
    ['nothing of the kind', '<foo/>', 'holds no <cpu>'],
    [
      'domain capabilities without a host model',
      '<domainCapabilities><cpu/></domainCapabilities>',
      'holds no <cpu>',
    ],
    ['no XML', 'hello', 'XML'],
    ['a broken second document', `${guest}<cpu>`, ''],
  ])('%s is refused', (_, text, message) => {
    expect(() => readCpuDocuments(text)).toThrow(message)
  })

  test('unknown words are refused only where that is asked for', () => {
    const text = `<cpu mode='custom'><model>M1</model><modle>M1</modle></cpu>`
    expect(readCpuDocuments(text)).toHaveLength(1)
    expect(() => readCpuDocuments(text, true)).toThrow('modle')
  })

  test('are written as libvirt writes them, and read back', () => {
    const [{ cpu } = { cpu: {} }] = readCpuDocuments(guest)
    const text = formatCpu(cpu)
    expect(text).toBe(
      `<cpu mode='custom' match='minimum'>\n  <model fallback='forbid'>M1</model>\n  <feature policy='disable' name='f1'/>\n</cpu>\n`,
    )
    expect(readCpuDocuments(text)[0]?.cpu).toEqual(cpu)
  })
})
