import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { run } from './run-in-memory.ts'
import { scratch } from './scratch.ts'

const { file } = scratch('polyvirt-documents-')

function bytes(name: string, content: string | Buffer): string {
  const path = file(name, '')
  writeFileSync(path, content)
  return path
}

const commands = [
  ['define'],
  ['create'],
  ['attach-device', 'test'],
  ['cpu-compare'],
  ['can-migrate', 'test'],
  ['domxml-to-native', 'qemu-argv'],
]

describe('a file that is no document', () => {
  it.each(commands)(
    'is refused by %s %s with the place of the first bad byte',
    async (...words) => {
      const path = bytes('bad.xml', Buffer.from('<domain\n>\nab\xff<', 'latin1'))
      const { code, stderr } = await run(['--json', ...words, path])
      const { error } = JSON.parse(stderr) as {
        readonly error: { readonly code: string; readonly problems: readonly object[] }
      }
      expect([code, error.code]).toEqual([1, 'ERR_XML_ERROR'])
      expect(error.problems).toMatchObject([{ place: { line: 3, column: 3 } }])
    },
  )

  it('may be UTF-16, with or without its mark, and is told so', async () => {
    const text = Buffer.from('<domain/>', 'utf16le')
    for (const content of [text, Buffer.concat([Buffer.from([0xff, 0xfe]), text])]) {
      expect((await run(['define', bytes('wide.xml', content)])).stderr).toContain('UTF-16')
    }
  })

  it('is not read beyond the limit, which the error names', async () => {
    const { stderr } = await run(['define', bytes('big.xml', Buffer.alloc(5 * 1024 * 1024, 'x'))])
    expect(stderr).toContain('4194304 bytes (4 MiB)')
  })
})

describe('a declaration that the reader does not take', () => {
  it.each(['cpu-compare', 'hypervisor-cpu-compare', 'cpu-baseline', 'hypervisor-cpu-baseline'])(
    'is refused by %s as everywhere',
    async (command) => {
      for (const declaration of ["version='1.1'", "version='1.0' encoding='ISO-8859-1'"]) {
        const path = bytes('cpu.xml', `<?xml ${declaration}?><cpu><model>a</model></cpu>`)
        const { code, stderr } = await run(['--json', command, path])
        expect([code, stderr]).toEqual([1, expect.stringContaining('ERR_XML_ERROR')])
      }
    },
  )

  it('is not passed over before the document of a host, nor is a DOCTYPE', async () => {
    const host = '<capabilities>\n</capabilities>'
    for (const before of [
      '<!DOCTYPE capabilities SYSTEM "http://127.0.0.1:9/x.dtd">\n',
      '<?xml version="1.0" encoding="x-klingon"?>\n',
      'words\n',
    ]) {
      const { code, stderr } = await run(['can-migrate', 'test', bytes('host.xml', before + host)])
      expect([code, stderr]).toEqual([1, expect.stringMatching(/XML error: .*host\.xml:1:/)])
    }
    const second = `${host}\n\n<!DOCTYPE x>\n<domainCapabilities></domainCapabilities>`
    const { stderr } = await run(['can-migrate', 'test', bytes('host.xml', second)])
    expect(stderr).toMatch(/host\.xml:4:/)
  })
})
